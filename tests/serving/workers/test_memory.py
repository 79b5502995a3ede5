"""The memory limit of a worker, and that a worker keeps within it."""

import subprocess
import sys

from lazyrich.config.limits import MB, Limits
from lazyrich.serving.workers import memory


def test_workers_share_the_remaining_memory_and_each_has_enough_for_a_small_run(container, monkeypatch, tmp_path):
    cards = [tmp_path / card.name for card in memory.GRAPHICS_CARDS]
    assert {card.name for card in cards} >= {"nvidiactl", "dxg", "nvmap"}
    monkeypatch.setattr(memory, "GRAPHICS_CARDS", cards)
    limits = Limits(workers=2, log_mb=1000, scratch_mb=1000)
    container(4000 * MB, 0, 0)
    assert memory.worker_limit(limits) == 1300 * MB
    container(1000 * MB, 0, 0)
    assert memory.worker_limit(limits) == memory.BASE_MEMORY + memory.MIN_COMPUTE_MEMORY
    container(10**12, 0, 0)
    assert memory.worker_limit(limits) <= memory.BASE_MEMORY + 2000 * MB
    assert memory.worker_limit(Limits(worker_mb=321)) == 321 * MB
    for card in cards:
        card.touch()
        assert memory.worker_limit(limits) == 0
        assert memory.worker_limit(Limits(worker_mb=321)) == 321 * MB
        card.unlink()
    assert memory.worker_limit(limits) > 0


def test_a_process_at_its_memory_limit_gets_an_error_and_can_continue():
    program = """
import numpy as np
from lazyrich.serving.workers.memory import limit_memory
limit_memory(400_000_000)
try:
    np.empty(100_000_000)
except MemoryError:
    print("no more", np.empty(1_000_000).size, open("/proc/self/oom_score_adj").read().strip())
"""
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert answer.stdout.split("\n")[0] == "no more 1000000 800", answer.stderr
