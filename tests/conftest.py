"""One thread for torch: the networks of the tests are small, and two threads on a busy machine are far slower than
one."""

import torch

torch.set_num_threads(1)
