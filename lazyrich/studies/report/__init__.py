"""How comparisons and studies are told: in sentences, as figures, and as tables of LaTeX."""
