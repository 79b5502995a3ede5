"""Phase portrait: measures over scale and balance, as in the paper's Fig. 1 (b)."""
