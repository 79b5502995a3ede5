"""The paper's Fig. 1 (b): measures over scale and balance."""
