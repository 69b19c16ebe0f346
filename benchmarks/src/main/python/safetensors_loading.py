"""Loads a safetensors file on request and prints the duration.

Usage: safetensors_loading.py FILE. Prints the versions; then for each line of input the seconds of load_file and
the sum of each tensor (`touch`), or of load_file and copying into existing tensors (`copy`).
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
