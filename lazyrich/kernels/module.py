"""The kernel of any torch module with one output, from the gradients of its outputs.

K = ntk(module, X, {"layers.0": 0.5})
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.func import functional_call, grad, vmap
from torch.nn.parameter import is_lazy

from lazyrich.arrays import checked_tensor, is_tensor, number, plain_numbers
from lazyrich.training.precision import full_precision

__all__ = ["ntk"]

_Output = Callable[[dict[str, Tensor], Tensor], Tensor]
"""Output of the module for given weights and one input."""

WIDER = {torch.float16: torch.float32, torch.bfloat16: torch.float32}
"""Type in which modules of half precision are computed: it holds their weights exactly, and sums need its digits."""


@full_precision
def ntk(module: nn.Module, X: Any, learning_rates: Mapping[str, float] | None = None) -> Any:
    """Return the neural tangent kernel of a torch module, sum over parameters p of rate_p (df/dp)(df/dp)^T.

    Needs memory for the gradients of all n outputs: n times the number of parameters. The module is not changed, and
    its weights are used as they are. Modules of half precision are computed in float32.

    Args:
        module: A module with one output for an input, a tensor of one floating number. Layers whose output depends on
            the batch or on chance (batch normalisation, dropout) must be in evaluation mode.
        X: Inputs (n, ...) along the first axis, n at least 1; the module sees one at a time, as a batch of one.
            Floating numbers are converted to the type of the module's parameters. Whole numbers stay int64, since
            tokens are indices; they become floating numbers only if the module accepts no whole numbers.
        learning_rates: Rates by parameter name ("layers.0.weight") or by layer ("layers.0" or "layers", for all
            parameters in it); the longest name that fits counts, and what is not named has rate 1. Parameters that need
            no gradient are left out.

    Returns:
        The kernel (n, n), numpy unless X is a torch tensor.

    Raises:
        ValueError: When a name fits no parameter, a layer is in training mode, the module does not take these inputs,
            its output is not one number, or has no gradient, or a rate is below 0 or not finite.
    """
    _check_kind(module)
    _check_mode(module)
    parameters, fixed, dtype = _weights(module)
    rates = _rates_by_parameter(list(parameters), learning_rates or {})
    device = next(iter(parameters.values())).device
    inputs = (checked_tensor("X", X).detach() if is_tensor(X) else _as_tensor(plain_numbers("X", X))).to(device)
    if not inputs.ndim or not len(inputs):
        raise ValueError(f"X must have shape (n, ...) with at least one input, got {tuple(inputs.shape)}.")

    def output(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        value = functional_call(module, (weights, fixed), (x.unsqueeze(0),))
        return _one_number(value).reshape(())

    # tensors made in the caller's inference mode could not be differentiated
    with torch.inference_mode(False), torch.enable_grad():
        parameters, fixed, inputs = _usual(parameters), _usual(fixed), inputs.clone()
        inputs = _that_it_takes(inputs, dtype, lambda x: _check_output(module, output, parameters, x))
        gradients = _gradients(output, parameters, inputs, _mend(module))
    K = torch.zeros(len(inputs), len(inputs), dtype=dtype, device=device)
    for name, gradient in gradients.items():
        J = (gradient.to_dense() if gradient.is_sparse else gradient).detach().flatten(1)
        K.addmm_(J, J.T, alpha=rates[name])
    return K if is_tensor(X) else K.cpu().numpy()


def _as_tensor(array: Any) -> Tensor:
    return torch.from_numpy(array.copy())


def _usual(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name: tensor.clone() for name, tensor in tensors.items()}


def _check_kind(module: Any) -> None:
    """Raise ValueError for what is no module, and for modules that torch cannot call with other weights."""
    if not isinstance(module, nn.Module):
        raise ValueError(f"module must be a torch.nn.Module, got a {type(module).__name__}.")
    if isinstance(module, nn.DataParallel):
        raise ValueError("module must be a plain torch.nn.Module, got a DataParallel: give module.module.")
    if any(isinstance(layer, torch.jit.ScriptModule) for layer in module.modules()):
        raise ValueError("module must be a plain torch.nn.Module, got a scripted one: give what it was made from.")


def _check_mode(module: nn.Module) -> None:
    """Raise ValueError if an output depends on the other inputs of a batch, or on chance."""
    for name, layer in module.named_modules():
        where = f"module has the layer {name or type(layer).__name__!r} ({type(layer).__name__})"
        normalises = isinstance(layer, nn.modules.batchnorm._NormBase)
        if normalises and layer.training and (layer.track_running_stats or _is_batch_norm(layer)):
            raise ValueError(f"{where} in training mode, where outputs depend on the batch: call module.eval() first.")
        if normalises and _is_batch_norm(layer) and layer.running_mean is None:
            raise ValueError(
                f"{where} without running statistics, so that outputs depend on the batch: set track_running_stats."
            )
        drops = isinstance(layer, nn.modules.dropout._DropoutNd) and layer.p > 0
        if layer.training and (drops or isinstance(layer, nn.RReLU)):
            raise ValueError(f"{where} in training mode, where outputs are random: call module.eval() first.")


def _is_batch_norm(layer: nn.Module) -> bool:
    return isinstance(layer, nn.modules.batchnorm._BatchNorm)


def _weights(module: nn.Module) -> tuple[dict[str, Tensor], dict[str, Tensor], torch.dtype]:
    """Return the trained parameters, everything else that is fixed, and the type of the computation."""
    named = list(module.named_parameters())
    if lazy := [name for name, p in named if is_lazy(p)]:
        raise ValueError(f"module has parameters without numbers ({', '.join(lazy)}): call it once on an input first.")
    if not any(p.requires_grad for _, p in named):
        raise ValueError("module must have parameters that need a gradient, got none: its kernel would be zero.")
    if meta := [name for name, p in named if p.is_meta]:
        raise ValueError(f"module has parameters without numbers ({', '.join(meta)} on the device meta): load them.")

    def taken(p: Tensor) -> Tensor:
        # copy: a module's forward may change buffers in place
        return p.detach().to(WIDER.get(p.dtype, p.dtype), copy=True)

    parameters = {name: taken(p) for name, p in named if p.requires_grad}
    fixed = {name: taken(p) for name, p in named if not p.requires_grad}
    fixed |= {name: taken(buffer) for name, buffer in module.named_buffers()}
    dtypes = {p.dtype for p in parameters.values()}
    if any(dtype.is_complex for dtype in dtypes):
        raise ValueError("module must have real parameters, got complex ones: its kernel would be complex too.")
    return parameters, fixed, torch.float64 if torch.float64 in dtypes else torch.float32


def _that_it_takes(inputs: Tensor, dtype: torch.dtype, output: Callable[[Tensor], object]) -> Tensor:
    """Return the inputs in a type that the module accepts, tried on the first one."""
    whole = not inputs.is_floating_point()
    tries = [inputs if inputs.dtype == torch.bool else inputs.to(torch.int64)] if whole else []
    tries.append(inputs.to(dtype))
    refusal: Exception | None = None
    for tried in tries:
        try:
            output(tried[0])
        except _Unusable:
            raise
        except Exception as error:
            # keep the first refusal: for whole numbers it is the one that says what is wrong with them
            refusal = refusal or error
            continue
        return tried
    shape = tuple(inputs[:1].shape)
    raise ValueError(
        f"X must hold inputs that the module takes, got one of shape {shape} and type "
        f"{str(inputs.dtype).removeprefix('torch.')}, which it refuses: {_first_line(refusal)}."
    ) from refusal


class _Unusable(ValueError):
    """The module's output has no kernel, for inputs of any type."""


def _check_output(module: nn.Module, output: _Output, parameters: dict[str, Tensor], x: Tensor) -> None:
    """Raise _Unusable if the output changes from call to call or has no gradient by the parameters.

    Without this check the kernel of such a module would silently be zero.
    """
    leaves = {name: p.detach().requires_grad_() for name, p in parameters.items()}
    first, second = output(leaves, x), output(leaves, x)
    if not torch.equal(first.nan_to_num(), second.nan_to_num()):
        raise _Unusable(_NOT_THE_SAME + _mend(module))
    if not first.requires_grad:
        raise _Unusable(
            "the module must be differentiable by its parameters, got an output without a gradient: take no_grad, "
            "detach and numpy out of its forward."
        )


_NOT_THE_SAME = (
    "the module must give the same output every time, got one that draws random numbers or changes with each call: "
)


def _mend(module: nn.Module) -> str:
    """Return advice for a module whose output changes from call to call."""
    training = any(layer.training for layer in module.modules())
    return "call module.eval() first." if training else "take out what does so in evaluation mode too."


def _one_number(value: Any) -> Tensor:
    if not isinstance(value, Tensor):
        what = f"a {type(value).__name__}"
        raise _Unusable(f"the module must give one output for an input, a tensor, got {what}: wrap it to give one.")
    if value.numel() != 1:
        raise _Unusable(
            f"the module must have one output for an input, got one of shape {tuple(value.shape)}: wrap it to give one."
        )
    if not value.is_floating_point():
        raise _Unusable(f"the module must have a floating output, got one of type {value.dtype}.")
    return value


def _gradients(output: _Output, parameters: dict[str, Tensor], inputs: Tensor, mend: str) -> dict[str, Tensor]:
    """Return the gradient by each parameter at every input (n, ...), all inputs at once where the module allows it."""
    try:
        return vmap(grad(output), in_dims=(None, 0), randomness="error")(parameters, inputs)
    except Exception as error:
        if "randomness" in str(error):
            raise ValueError(_NOT_THE_SAME + mend) from error
    leaves = {name: p.detach().requires_grad_() for name, p in parameters.items()}
    try:
        # one by one, for modules that branch on values, change buffers, or have an operation without a batching rule
        each = [
            torch.autograd.grad(output(leaves, x), list(leaves.values()), allow_unused=True, materialize_grads=True)
            for x in inputs
        ]
    except Exception as error:
        raise ValueError(
            f"the module must be differentiable by its parameters, which it is not: {_first_line(error)}."
        ) from error
    return {
        name: torch.stack([one.to_dense() for one in by])
        for name, by in zip(leaves, zip(*each, strict=True), strict=True)
    }


def _first_line(error: Exception | None) -> str:
    line = str(error).strip().split("\n")[0].rstrip(".")
    return f"{line:.200}" if line else type(error).__name__


def _rates_by_parameter(parameters: list[str], given: Mapping[str, float]) -> dict[str, float]:
    """Return the rate of each parameter, from rates by the names of parameters or of the layers that hold them."""

    def covers(name: str, parameter: str) -> bool:
        return name == parameter or parameter.startswith(f"{name}.")

    if not isinstance(given, Mapping):
        raise ValueError(f"learning_rates must be a mapping from names to rates, got a {type(given).__name__}.")
    for name in given:
        if not any(covers(str(name), parameter) for parameter in parameters):
            raise ValueError(f"learning_rates names {name!r}, but the trained parameters are {', '.join(parameters)}.")
    rates = {str(name): number(f"learning_rates[{name!r}]", rate) for name, rate in given.items()}
    for name, rate in rates.items():
        if not 0 <= rate < math.inf:
            raise ValueError(f"learning_rates[{name!r}] must be 0 (a frozen layer) or above and finite, got {rate:g}.")
    fits = {p: [name for name in rates if covers(name, p)] for p in parameters}
    return {p: rates[max(names, key=len)] if names else 1.0 for p, names in fits.items()}
