"""Reports of comparisons and studies: sentences, figures, and LaTeX tables."""
