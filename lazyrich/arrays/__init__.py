"""Reading of all arrays, and conversion of results: they are numpy or torch as the arguments were.

(X, W), back = tensors(X=X, W=W)
return back(X @ W.T)

plain_numbers.py and plain_tensor.py document what can be read and what is refused. torch is imported only when a tensor
is made, since the web process computes the theory's curves without it.
"""

from lazyrich.arrays.plain_numbers import is_tensor, number, plain_numbers
from lazyrich.arrays.plain_tensor import checked_tensor
from lazyrich.arrays.tensors import check_broadcast, copies, differentiable, tensors

__all__ = [
    "check_broadcast",
    "checked_tensor",
    "copies",
    "differentiable",
    "is_tensor",
    "number",
    "plain_numbers",
    "tensors",
]
