"""Images drawn from CIFAR-10: balanced classes, standardised pixels, a seed that chooses them."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from lazyrich.tasks.cifar import draw, read
from tests.tasks.cifar.files import batches, write_binary, write_python


def test_draws_are_balanced_cropped_to_the_middle_standardised_and_without_repeats(few, tmp_path):
    content = batches()
    write_python(tmp_path, content)
    task = draw(tmp_path, n=100, n_test=20, seed=0, dtype=torch.float64)
    assert task.X.shape == (100, 3, 24, 24) and task.X_test.shape == (20, 3, 24, 24) and task.classes == 10
    assert task.y.bincount().tolist() == [10] * 10 and task.y_test.bincount().tolist() == [2] * 10
    assert abs(float(task.X.square().mean()) - 1) < 1e-6 and task.X.mean((0, 2, 3)).abs().max() < 1e-6
    images = read(tmp_path)
    middle = images.X[:, :, 4:28, 4:28].reshape(200, -1).astype(float)
    centred = middle - middle.mean(1, keepdims=True)
    rows = task.X.flatten(1).numpy()
    # random pixels: the only image that a row can follow is its own
    likeness = (rows - rows.mean(1, keepdims=True)) @ centred.T
    source = likeness.argmax(1)
    assert len(set(source.tolist())) == 100
    np.testing.assert_array_equal(images.y[source], task.y.numpy())


def test_a_seed_is_a_choice_of_images(few, tmp_path):
    write_binary(tmp_path, batches())
    one, same, other = (draw(tmp_path, n=20, n_test=10, seed=seed, crop=32) for seed in (1, 1, 2))
    assert one.X.shape == (20, 3, 32, 32)
    assert torch.equal(draw(read(tmp_path), n=20, n_test=10, seed=1, crop=32).X, one.X)
    assert torch.equal(one.X, same.X) and not torch.equal(one.X, other.X)


@pytest.mark.parametrize(
    ("asked", "pattern"),
    [
        ({"n": 210}, r"have 20 train images of class 0 \(airplane\), 21 were asked for"),
        ({"n_test": 50}, r"have 4 test images of class 0 \(airplane\), 5 were asked for"),
        ({"crop": 33}, "crop must be at most 32, got 33"),
        ({"crop": 0}, "crop must be at least 1, got 0"),
    ],
)
def test_asking_for_more_than_there_is_is_refused(asked, pattern, few, tmp_path):
    write_binary(tmp_path, batches())
    with pytest.raises(ValueError, match=pattern):
        draw(tmp_path, **({"n": 20, "n_test": 10} | asked))
