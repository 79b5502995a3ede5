"""`python -m benchmarks [--quick]`: print a table of ratios, each beside its required value. Always exits with 0."""

from __future__ import annotations

import argparse

import torch

from benchmarks.rounds import Rounds
from benchmarks.table import print_heading, print_row
from benchmarks.workloads import (
    exact_curves,
    flow,
    kernels,
    many_seeds,
    many_students,
    one_student,
    practical,
    recording,
    small_runs,
)
from lazyrich.training import single_thread


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="This engine beside its peers.")
    parser.add_argument(
        "--quick", action="store_true", help="fewer and shorter rounds: a first look, not a measurement"
    )
    quick = parser.parse_args().quick
    single_thread()
    rounds = Rounds(count=3, seconds=0.03) if quick else Rounds(count=9, seconds=0.2)
    print(f"torch {torch.__version__}, one thread, CPU time, medians of {rounds.count} interleaved rounds\n")
    print_heading()
    workloads = many_students, one_student, recording, kernels, flow, exact_curves, practical, many_seeds, small_runs
    for workload in workloads:
        for row in workload.rows(rounds):
            print_row(row)


if __name__ == "__main__":
    main()
