"""The slopes of stacked students against gradients by autograd."""

from __future__ import annotations

import pytest
import torch

from lazyrich.training.gradient_flow.vector_field import VectorField


@pytest.mark.parametrize("trained", [(True, True), (True, False), (False, True)])
@pytest.mark.parametrize("leak", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("own", [False, True])
@pytest.mark.parametrize("c", [1, 3])
def test_slopes_are_half_n_times_minus_the_gradient(c, own, leak, trained):
    g = torch.Generator().manual_seed(0)
    lead = (5,) if own else ()
    shapes = ((*lead, 30, 4), (*lead, 30), (c, 7, 5))
    data, outputs, theta = (torch.randn(*shape, generator=g, dtype=torch.float64) for shape in shapes)
    slopes = VectorField(data, outputs, max_students=3, width=7, leak=leak, trained=trained)
    for place in range(c):
        slopes.load(place, 4 - place)
    out = torch.full_like(theta, torch.nan)
    with torch.inference_mode():
        slopes.of(theta, out)
    for b in range(c):
        X, y = (data[4 - b], outputs[4 - b]) if own else (data, outputs)
        W, a = theta[b, :, :-1].clone().requires_grad_(), theta[b, :, -1].clone().requires_grad_()
        z = X @ W.T
        loss = ((torch.where(z > 0, z, leak * z) @ a - y) ** 2).mean()
        by_first, by_readout = torch.autograd.grad(loss, (W, a))
        torch.testing.assert_close(out[b, :, :-1], -15 * by_first * trained[1], rtol=1e-11, atol=1e-12)
        torch.testing.assert_close(out[b, :, -1], -15 * by_readout * trained[0], rtol=1e-11, atol=1e-12)
        torch.testing.assert_close(slopes.loss(b), loss.detach(), rtol=1e-12, atol=0)
