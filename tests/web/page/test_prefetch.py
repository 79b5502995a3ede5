"""A pool computes pictures of the next clicks ahead, if it computes previews at all."""

from harness.waiting import eventually
from lazyrich.config.limits import Limits
from lazyrich.experiments.deep_network.config import PRESETS as DEEP
from lazyrich.experiments.student_teacher.config import PRESETS, StudentTeacher
from lazyrich.serving.pool import RunPool
from lazyrich.web.page.choices.prefetch import prefetch
from lazyrich.web.page.choices.presets import offered

SMALL = {"width": 6, "samples": 6, "test_samples": 20, "steps": 10}
SHOWN = StudentTeacher(method="flow", seed=3, **SMALL)


def foreseen(pool):
    return pool.previews.counts()["previews_foreseen"]


def test_the_pictures_of_presets_and_of_the_next_seed_are_there_before_they_are_clicked():
    settings = offered(PRESETS, SHOWN, False, "key")["settings"]
    choices = {"seed": 4, "presets": {"settings": settings | {"the same": {"seed": 3}, "not allowed": {"tau": -1.0}}}}
    clicks = [SHOWN.changed(**one) for one in (*settings.values(), {"seed": 4})]
    assert len(clicks) > 1
    with RunPool(Limits(workers=0)) as pool:
        prefetch(pool, SHOWN, choices)
        eventually(lambda: all(pool.previews.find(config.key) for config in clicks))
        assert pool.previews.counts()["previews_computed"] == len({config.key for config in clicks})
        prefetch(pool, SHOWN, choices)
        assert foreseen(pool) == 0


def test_without_previews_no_picture_is_computed_ahead():
    choices = {"seed": 4}
    off, on = RunPool(Limits(workers=0, session_previews=0)), RunPool(Limits(workers=0))
    prefetch(off, SHOWN, choices)
    prefetch(on, DEEP[0].config, {"seed": 4, "presets": {"settings": {preset.name: {} for preset in DEEP}}})
    prefetch(on, SHOWN, {"seed": None})
    assert foreseen(off) == foreseen(on) == 0
    prefetch(on, SHOWN, choices)
    assert foreseen(on) == 1
