"""Labels and sentences about several runs on a page."""

from lazyrich import StudentTeacher
from lazyrich.experiments.student_teacher import charts
from lazyrich.web.page.run_labels import differences


def test_a_single_run_needs_no_label():
    assert differences([StudentTeacher()]) == [""]


def test_labels_name_the_settings_that_differ_and_only_these():
    assert differences([StudentTeacher(tau=2.0, seed=1), StudentTeacher(seed=1)]) == ["τ 2", "τ 0.1"]


def test_different_runs_have_different_labels_however_close_their_settings():
    labels = differences([StudentTeacher(delta=delta) for delta in (1.0, 0.9999, 0.99991)])
    assert labels == ["δ 1", "δ 0.9999", "δ 0.99991"]


def test_a_balance_of_four_digits_reads_the_same_wherever_it_stands():
    digits = {one.column: one.digits for one in charts.readings(StudentTeacher(delta=0.9999))}
    assert (digits["effective_delta"], digits["kernel_distance"]) == (4, 2)
    assert charts.readings(StudentTeacher(delta=1.0)) == charts.READINGS
    assert differences([StudentTeacher(delta=delta) for delta in (0.9999, 0.0)]) == ["δ 0.9999", "δ 0"]
