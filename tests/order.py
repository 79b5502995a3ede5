"""The order in which tests start, and the tests that must share one worker of pytest-xdist.

Tests that may start an event loop come first, browser tests second, tests that only compute last: once a worker has
run a browser test, playwright's event loop occupies its thread, and no other loop can run there. Parallel runs keep
this order only with `--no-loadscope-reorder`.
"""

from xdist.scheduler import LoadFileScheduling

BROWSER = ("browser/", "firefox/", "soak/test_faults_line.py", "soak/test_proxy.py")
"""Folders and files whose tests need a browser."""

COMPUTING = ("cuda/", "experiments/", "tasks/", "theory/", "training/")
"""Folders whose tests need no event loop."""

SLOWEST = (
    *("soak/test_faults_server.py", "firefox/test_number_fields.py", "lessons/test_outcomes.py", "cli/test_output.py"),
    *("results/test_export.py", "arrays/test_array_functions.py", "serving/pool/test_workers.py"),
    *("project/test_adding_an_experiment.py", "sweeps/test_portrait.py", "web/test_whole_app.py"),
    *("sweeps/test_resume.py", "sweeps/test_dask.py", "studies/test_compare.py", "cli/test_interrupts.py"),
    *("soak/test_lecture_hall.py",),
    *("browser/charts/test_live_line.py", "browser/test_every_page.py", "browser/playground/test_playground.py"),
    *("browser/test_phase_portrait.py", "browser/test_replay.py", "browser/preview/test_previews.py"),
    *("browser/test_lessons.py", "browser/test_picker.py", "browser/share/test_export.py", "browser/test_kept_runs.py"),
    *("browser/test_exact_solutions.py", "browser/study/test_study.py", "browser/test_function.py"),
    *("soak/test_faults_line.py", "soak/test_proxy.py"),
    *("training/gradient_flow/test_flow.py", "cuda/test_card.py", "training/gradient_flow/test_kinks.py"),
    *("experiments/student_teacher/test_student_teacher.py", "experiments/filters/test_frames.py"),
    *("experiments/phase_portrait/test_numbers.py", "experiments/deep_network/test_training.py"),
    *("experiments/linear_network/test_exact.py", "experiments/test_previews.py"),
)
"""The longest files of each group, in the order in which they start. Started late, one would run alone at the end."""

TOGETHER = {
    **{"tests/firefox/": "one Firefox", "tests/pages/": "one pool with its worker"},
    **{"tests/browser/charts/": "one tab for charts", "tests/web/stream/": "one server of sockets"},
    **{"tests/cli/test_output.py": "forked", "tests/studies/test_command.py": "forked"},
    **{"tests/sweeps/test_dask.py": "forked", "tests/sweeps/test_resume.py": "forked"},
    **{"tests/results/test_export.py": "forked", "tests/training/test_precision.py": "forked"},
}
"""Folders and files -> the slowly starting resource that their tests share."""


def place(name: str) -> tuple[int, int, str]:
    """Return the sort key of a file, named by its path below tests/."""
    turn = 1 if name.startswith(BROWSER) else 2 if name.startswith(COMPUTING) else 0
    return turn, SLOWEST.index(name) if name in SLOWEST else len(SLOWEST), name


class Scheduler(LoadFileScheduling):
    """Keeps the tests of a file on one worker, and also all tests that share a slowly starting resource."""

    def _split_scope(self, nodeid: str) -> str:
        return next((shared for place, shared in TOGETHER.items() if nodeid.startswith(place)), nodeid.split("::")[0])
