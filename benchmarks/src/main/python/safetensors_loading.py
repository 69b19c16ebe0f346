"""Loads a safetensors file whenever it is told to, and says how long that took.

Usage: safetensors_loading.py FILE. Prints the versions; then for each line of input, `touch` or `copy`, seconds: of load_file and
the sum of each tensor, or of load_file and copying into tensors that are there.
"""

import sys
import time

import safetensors
import torch
from safetensors.torch import load_file

print(f"safetensors {safetensors.__version__}, torch {torch.__version__}", flush=True)
file = sys.argv[1]
existing = {name: tensor.clone() for name, tensor in load_file(file).items()}

for line in sys.stdin:
    start = time.perf_counter()
    loaded = load_file(file)
    for name, tensor in loaded.items():
        if line.strip() == "copy":
            existing[name].copy_(tensor)
        else:
            tensor.sum()
    print(time.perf_counter() - start, flush=True)
    del loaded
