"""Settings given as values of numpy, pandas, torch and others, as one number or as any sequence."""

from collections import deque
from collections.abc import MutableSequence
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
import torch
from pydantic import ValidationError

from lazyrich import PhasePortrait, StudentTeacher
from lazyrich.config.schema import complaints
from tests.config.config_with_lists import Lists


class LikeListConfig(MutableSequence):
    """A sequence that is no list and no tuple, such as OmegaConf's ListConfig."""

    def __init__(self, *entries):
        self.entries = entries

    def __getitem__(self, place):
        return self.entries[place]

    def __len__(self):
        return len(self.entries)

    __setitem__ = __delitem__ = insert = None


@pytest.mark.parametrize(
    "given",
    [
        np.array([1.0, 2.0, 4.0]),
        np.array([1, 2, 4], np.uint8),
        np.array([1, 2, 4], ">f4"),
        np.array([1, 2, 4], np.longdouble),
        np.array(["1", "2", "4"]),
        (np.float32(1), np.int64(2), np.array(4.0)),
        torch.tensor([1.0, 2.0, 4.0], requires_grad=True),
        torch.tensor([1, 2, 4]),
        [torch.tensor(1.0), torch.tensor(2), Decimal(4)],
        pd.Series([1.0, 2.0, 4.0], index=[7, 8, 9]),
        pd.Series([1, 2, 4], dtype="Int64"),
        pd.Index([1, 2, 4]),
        deque([1, 2, 4]),
        LikeListConfig(1, 2, 4),
        (2.0**k for k in range(3)),
        map(float, "124"),
        memoryview(bytes([1, 2, 4])),
    ],
    ids=lambda given: type(given).__name__,
)
def test_a_list_from_any_sequence_equals_one_of_plain_numbers(given):
    config, plain = Lists(alphas=given), Lists(alphas=(1.0, 2.0, 4.0))
    assert config == plain and config.key == plain.key
    assert {type(entry) for entry in config.alphas} == {float}
    assert Lists(sizes=range(1, 4)).sizes == (1, 2, 3)


@pytest.mark.parametrize(
    "tau",
    [
        *(np.float64(0.5), np.float32(0.5), np.float16(0.5), np.array(0.5), np.longdouble(0.5), torch.tensor(0.5)),
        *(torch.tensor(0.5, requires_grad=True), Decimal("0.5"), "0.5", np.str_("0.5"), pd.Series([0.5]).iloc[0]),
    ],
    ids=lambda tau: type(tau).__name__,
)
def test_a_setting_from_a_scalar_of_any_library_equals_the_plain_number(tau):
    config = StudentTeacher(tau=tau)
    assert config == StudentTeacher(tau=0.5) and config.key == StudentTeacher(tau=0.5).key
    assert type(config.tau) is float and config.model_dump_json() == StudentTeacher(tau=0.5).model_dump_json()


def test_whole_numbers_switches_and_words_come_from_other_libraries_too():
    plain = StudentTeacher(seed=3, symmetrised=False, method="flow")
    for seed in (np.int64(3), np.uint8(3), np.float32(3), torch.tensor(3), np.array(3)):
        config = StudentTeacher(seed=seed, symmetrised=np.bool_(False), method=np.str_("flow"))
        assert config.key == plain.key and type(config.seed) is int and config.symmetrised is False


@pytest.mark.parametrize(
    ("settings", "got"),
    [
        ({"tau": True}, "got True."),
        ({"seed": np.bool_(True)}, "got True."),
        ({"tau": np.ma.masked}, "got --."),
        ({"tau": np.array([0.5])}, "got [0.5]."),
        ({"tau": torch.tensor([0.5])}, "got tensor([0.5000])."),
        ({"tau": torch.tensor(0.5, device="meta")}, "got tensor(..., device='meta', size=())."),
        ({"tau": np.complex64(0.5)}, "got (0.5+0j)."),
        ({"tau": np.datetime64("2024-01-01")}, "got 2024-01-01."),
        ({"tau": [0.5]}, "got [0.5]."),
        ({"tau": {0.5}}, "got {0.5}."),
        ({"tau": None}, "got None."),
        ({"seed": np.float64(0.5)}, "got 0.5."),
        ({"method": ["flow"]}, "got ['flow']."),
        ({"symmetrised": np.array([True])}, "got [ True]."),
    ],
)
def test_values_that_are_not_single_are_refused_in_a_sentence(settings, got):
    with pytest.raises(ValidationError) as caught:
        StudentTeacher(**settings)
    ((name, _),) = settings.items()
    assert complaints(StudentTeacher, caught.value) == [
        f"{name} must be {StudentTeacher.parameters()[name].allowed}, {got}"
    ]


def test_the_axes_of_a_portrait_come_from_any_sequence():
    plain = PhasePortrait(tau=(0.1, 2.0, 5), delta=0.5, leak=(0.0, 1.0), at=(10, 100))
    for kind in (np.array, torch.tensor, pd.Series, iter, list):
        config = PhasePortrait(
            tau=kind([0.1, 2.0, 5]), delta=np.float64(0.5), leak=kind([0.0, 1.0]), at=kind([10, 100])
        )
        if kind is torch.tensor:  # float32, which 0.1 is not
            assert (config.x, config.y, config.x_points, config.at) == (plain.x, plain.y, 5, (10, 100))
        else:
            assert config == plain and config.key == plain.key
