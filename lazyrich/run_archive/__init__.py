"""Runs in one file: settings, curves, final numbers and notes of many runs, written, read and shown again.

save_runs("runs.zip", [train(a), train(b)])
for run in open_runs("runs.zip"):
    print(run.config, run.final["test_loss"], run.note)

The page "My runs" writes and opens the same files.
"""

from lazyrich.run_archive.reading import BadArchive, open_runs
from lazyrich.run_archive.recorded_run import RecordedRun
from lazyrich.run_archive.writing import save_runs

__all__ = ["BadArchive", "RecordedRun", "open_runs", "save_runs"]
