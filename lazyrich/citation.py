"""BibTeX entries of the paper and of this software."""

from typing import Final

from lazyrich.version import __version__

BIBTEX: Final = rf"""@inproceedings{{kunin2024getrichquick,
  title     = {{Get rich quick: exact solutions reveal how unbalanced initializations promote rapid feature learning}},
  author    = {{Kunin, Daniel and Ravent{{\'o}}s, Allan and Domin{{\'e}}, Cl{{\'e}}mentine and Chen, Feng and Klindt, David and Saxe, Andrew and Ganguli, Surya}},
  booktitle = {{Advances in Neural Information Processing Systems}},
  year      = {{2024}},
  note      = {{arXiv:2406.06158}}
}}

@software{{lazyrich,
  title   = {{lazyrich: an instrument for lazy and rich learning}},
  author  = {{{{the lazyrich authors}}}},
  version = {{{__version__}}},
  year    = {{2026}}
}}
"""  # noqa: E501
