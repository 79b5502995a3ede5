"""Every public function that takes arrays, each with valid arguments: numbers of few digits, exact in every type."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import islice
from typing import Any, NamedTuple

import numpy as np
import torch

from lazyrich import StudentTeacher, geometry, kernels, metrics, networks, own_data, theory
from lazyrich import stream as streamed
from lazyrich import train as trained
from lazyrich.kernels import mlp
from lazyrich.metrics import filters as filter_metrics
from lazyrich.training import Descent, Flow, LazyTwin, descent, flow

X = np.array([[1.0, 0.5], [-0.5, 1.0], [0.25, -1.0], [-1.0, -0.5]])
y = np.array([1.0, -0.5, 0.5, -1.0])
W = np.array([[1.0, 0.5], [-0.5, 1.0], [0.5, -1.0]])
a = np.array([1.0, -0.5, 0.5])
W1, a1 = W + 0.25, a - 0.25
V = np.array([[0.5, -0.5, 1.0]])
t = np.array([0.0, 0.5, 1.0])
soon = np.array([0.0, 0.015625, 0.03125])
w0, beta = np.array([0.5, 0.25]), np.array([1.0, -0.5])
C, R = np.array([np.eye(2), [[1.5, 0.5], [0.5, 1.0]]]), np.array([[[1.0]], [[1.5]]])
filters = np.arange(-9.0, 9.0).reshape(2, 1, 3, 3) / 4


class Call(NamedTuple):
    """A function with valid arguments. arguments: those that are arrays or lists of arrays. fixed: all others."""

    function: Callable[..., Any]
    arguments: Mapping[str, Any]
    fixed: Mapping[str, Any] = {}


def recorded(X: Any, W0: Any, a0: Any, W: Any, a: Any) -> float:
    return kernels.KernelDistance(X, W0, a0)(W, a)


def recorded_deep(X: Any, start: Any, now: Any) -> Any:
    return mlp.MLPKernelDistance(X, start)(now)


def twinned(X: Any, y: Any, W: Any, a: Any, t: Any, k: Any, X_new: Any) -> Any:
    twin = LazyTwin(X, y, W, a)
    return twin(t, X_new), twin.descent(k, 0.125, X_new), twin.train_loss(t), twin.weights(t)


def descended(X: Any, y: Any, W: Any, a: Any, learning_rate: Any, steps: Any) -> Any:
    run = Descent(X, y, W, a, learning_rate)
    run.advance(steps)
    return run.W, run.a, run.loss(), run.finite()


def flowed(X: Any, y: Any, W: Any, a: Any, time: Any) -> Any:
    run = Flow(X, y, W, a, most_gradients=20_000)
    run.to(time)
    run.advance(time)
    return run.W, run.a, run.loss(), run.time


def followed(C: Any, R: Any, X: Any) -> Any:
    return theory.wide_kernel_distance(X, theory.WideFlow(C, None, R))


def kernel_of_module(X: Any) -> Any:
    torch.manual_seed(0)
    module = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.Tanh(), torch.nn.Linear(3, 1)).double()
    return kernels.ntk(module, X)


def trained_on(task: Any, start: Any) -> Any:
    result = trained(StudentTeacher(steps=10), task=task, start=start)
    return result.weights(-1), result.curves["train_loss"].to_numpy()


def streamed_on(task: Any, start: Any) -> Any:
    return [frame.arrays for frame in islice(streamed(StudentTeacher(steps=10), task=task, start=start), 3)]


def given(X: Any, y: Any, X_test: Any, y_test: Any) -> Any:
    kept = own_data.Given("mine", X, y, X_test, y_test)
    data = own_data.prepare(kept)
    return data.X, data.y, data.X_test, data.y_test


def own(X: Any, y: Any, X_test: Any, y_test: Any) -> Any:
    data = own_data.OwnData("mine", X, y, X_test, y_test)
    return data.X, data.y, data.X_test, data.y_test


CALLS: dict[str, Call] = {
    "geometry.alpha": Call(geometry.alpha, {"tau": a**2, "delta": a}),
    "geometry.layer_norms": Call(geometry.layer_norms, {"tau": a**2, "delta": a}),
    "geometry.tau_from_sizes": Call(geometry.tau_from_sizes, {"a_size": a**2, "w_size": a**2}),
    "geometry.delta_from_sizes": Call(geometry.delta_from_sizes, {"a_size": a, "w_size": a}),
    "geometry.conserved_quantity": Call(geometry.conserved_quantity, {"a": a, "W": W}),
    "geometry.conserved_delta": Call(geometry.conserved_delta, {"tau": a**2, "delta": a, "eta_a": a**2, "eta_w": a**2}),
    "geometry.equal_rates": Call(geometry.equal_rates, {"a": a, "W": W}),
    "networks.two_layer": Call(networks.two_layer, {"X": X, "W": W, "a": a}),
    "networks.activation_pattern": Call(networks.activation_pattern, {"X": X, "W": W}),
    "metrics.activation_flips": Call(metrics.activation_flips, {"X": X, "W0": W, "W": W1}),
    "metrics.parameter_distance": Call(metrics.parameter_distance, {"start": (W, a), "now": (W1, a1)}),
    "metrics.conserved_drift": Call(metrics.conserved_drift, {"start": (W, a), "now": (W1, a1)}),
    "metrics.teacher_alignment": Call(
        metrics.teacher_alignment, {"W": W, "a": a, "teacher_W": W1[:2], "teacher_a": a1[:2]}
    ),
    "metrics.effective_rank": Call(metrics.effective_rank, {"K": X @ X.T}),
    "metrics.kernel_spectrum": Call(metrics.kernel_spectrum, {"K": X @ X.T}),
    "metrics.kernel_correlations": Call(metrics.kernel_correlations, {"K": X @ X.T}),
    "metrics.label_shares": Call(metrics.label_shares, {"K": X @ X.T, "y": y}),
    "metrics.filters.filter_cosine": Call(filter_metrics.filter_cosine, {"W0": filters, "W": filters[::-1].copy()}),
    "metrics.filters.low_frequency": Call(filter_metrics.low_frequency, {"W": filters}),
    "metrics.filters.gabor_fit": Call(filter_metrics.gabor_fit, {"W": filters}),
    "metrics.filters.gabor_r2": Call(filter_metrics.gabor_r2, {"W": filters}),
    "kernels.two_layer_ntk": Call(kernels.two_layer_ntk, {"X": X, "W": W, "a": a}),
    "kernels.ntk": Call(kernel_of_module, {"X": X}),
    "kernels.kernel_distance": Call(kernels.kernel_distance, {"K0": X, "K1": X[::-1].copy()}),
    "kernels.KernelDistance": Call(recorded, {"X": X, "W0": W, "a0": a, "W": W1, "a": a1}),
    "kernels.largest_eigenvalue": Call(kernels.largest_eigenvalue, {"K": X @ X.T}),
    "kernels.largest_stable_rate": Call(kernels.largest_stable_rate, {"X": X, "W": W, "a": a}),
    "kernels.mlp.mlp_ntk": Call(mlp.mlp_ntk, {"X": X, "weights": [W, V], "rates": [1.0, 0.5]}),
    "kernels.mlp.MLPKernelDistance": Call(recorded_deep, {"X": X, "start": [W, V], "now": [W1, V]}),
    "training.descent": Call(
        descent, {"X": X, "y": y, "W": W, "a": a, "learning_rate": np.array(0.125), "at": np.array([0, 1, 3])}
    ),
    "training.Descent": Call(
        descended, {"X": X, "y": y, "W": W, "a": a, "learning_rate": np.array(0.125), "steps": np.array(3)}
    ),
    "training.LazyTwin": Call(twinned, {"X": X, "y": y, "W": W, "a": a, "t": t, "k": np.array([0, 3]), "X_new": X[:2]}),
    "training.flow": Call(flow, {"X": X, "y": y, "W": W, "a": a, "at": soon}, {"most_gradients": 20_000}),
    "training.Flow": Call(flowed, {"X": X, "y": y, "W": W, "a": a, "time": np.array(0.03125)}),
    "theory.chain_conserved": Call(theory.chain_conserved, {"readouts": a, "w": w0, "rates": np.ones(4)}),
    "theory.chain_flow": Call(
        theory.chain_flow,
        {"t": t, "readouts": a[::2], "w0": w0, "X": X, "y": y, "rates": np.array([1.0, 0.5, 1.0])},
        {"tolerance": 1e-4, "most_steps": 300},
    ),
    "theory.chain_kernel_distance": Call(theory.chain_kernel_distance, {"readouts": W, "w": W1, "rates": np.ones(3)}),
    "theory.conserved_matrices": Call(theory.conserved_matrices, {"weights": [W, V], "rates": np.ones(2)}),
    "theory.conserved_matrix": Call(theory.conserved_matrix, {"W": W, "A": V.T}),
    "theory.deep_kernel_distance": Call(
        theory.deep_kernel_distance, {"start": [W, V], "weights": [W1, V], "X": X, "rates": np.ones(2)}
    ),
    "theory.final_kernel_distance": Call(
        theory.final_kernel_distance, {"mu0": a**2, "phi0": a, "delta": a, "beta_norm": a**2, "dimension": np.array(2)}
    ),
    "theory.implicit_bias": Call(theory.implicit_bias, {"X": X[:1], "y": y[:1], "beta0": beta, "delta": np.array(0.5)}),
    "theory.kernel_distance_limits": Call(
        theory.kernel_distance_limits, {"mu0": a**2, "phi0": a, "beta_norm": a**2, "dimension": np.array(2)}
    ),
    "theory.layer_gradients": Call(theory.layer_gradients, {"weights": [W, V], "X": X, "Y": y[:, None]}),
    "theory.layer_speeds": Call(theory.layer_speeds, {"weights": [W, V], "X": X, "Y": y[:, None], "rates": np.ones(2)}),
    "theory.limit": Call(theory.limit, {"a0": np.array(0.5), "w0": w0, "beta": beta}),
    "theory.modulation": Call(theory.modulation, {"beta": W, "delta": a}),
    "theory.modulation_eigenvalues": Call(theory.modulation_eigenvalues, {"beta_norm": a**2, "delta": a}),
    "theory.network_product": Call(theory.network_product, {"weights": [W, V]}),
    "theory.neuron_of": Call(theory.neuron_of, {"beta": beta, "delta": np.array(0.5)}),
    "theory.phase_speed": Call(theory.phase_speed, {"mu": a, "phi": a, "delta": a, "beta_norm": a**2}),
    "theory.potential": Call(theory.potential, {"beta_norm": a**2, "delta": a}),
    "theory.separatrix_cosine": Call(theory.separatrix_cosine, {"a": a, "w_norm": a**2, "beta_norm": a**2}),
    "theory.sign_flip_time": Call(
        theory.sign_flip_time, {"a0": np.array(0.25), "w0": np.array([-1.0, 0.25]), "beta": beta}
    ),
    "theory.single_neuron": Call(theory.single_neuron, {"t": t, "a0": np.array(0.5), "w0": w0, "beta": beta}),
    "theory.single_neuron_kernel_distance": Call(
        theory.single_neuron_kernel_distance, {"t": t, "a0": np.array(0.5), "w0": w0, "beta": beta}
    ),
    "theory.wide_flow": Call(
        theory.wide_flow, {"t": t, "X": X, "Y": y[:, None], "W0": W, "A0": V.T}, {"tolerance": 1e-4, "most_steps": 300}
    ),
    "theory.wide_flow_isotropic": Call(
        theory.wide_flow_isotropic,
        {"t": t, "B": beta[:, None], "W0": np.array([[0.5, 0.0]]), "A0": np.array([[1.0]])},
        {"most_stretches": 300},
    ),
    "theory.wide_kernel_distance": Call(followed, {"C": C, "R": R, "X": X}),
    "theory.wide_kernel_product": Call(theory.wide_kernel_product, {"X": X, "C1": C, "R1": R, "C2": C, "R2": R}),
    "lazyrich.train": Call(trained_on, {"task": (X, y, X[:2], y[:2]), "start": (W, a)}),
    "lazyrich.stream": Call(streamed_on, {"task": (X, y), "start": (W, a)}),
    "own_data.Given": Call(given, {"X": X, "y": y, "X_test": X[:2], "y_test": y[:2]}),
    "own_data.OwnData": Call(own, {"X": X, "y": y, "X_test": X[:2], "y_test": y[:2]}),
}

NO_ARRAYS = {
    "networks.activation": "works on torch tensors within differentiable code, as torch's own activations do",
    "networks.check_layer": "a check of tensors that have been read",
    "networks.checked_leak": "one number",
    "networks.outputs_of_many": "works on tensors that have been read",
    "networks.checked_rates": "two numbers",
    "training.Trajectory": "a result",
    "theory.KernelDistanceLimits": "a result",
    "theory.Limit": "a result",
    "theory.WideFlow": "a result, whose arrays wide_kernel_distance reads",
    "metrics.filters.GaborFit": "a result",
    "own_data.prepare": "takes a Given, whose arrays are read",
    "own_data.read": "takes a path",
}
"""Public names that seem to take arrays, by their annotations, and do not, with the reason."""
