"""Prints what PyTorch reads from a large file without loading it completely: name, type, shape and SHA-256 of each weight.

    python3 large.py FILE   a .ckpt, mapped into memory, or a .safetensors
"""

import hashlib
import sys

import safetensors.torch
import torch

if sys.argv[1].endswith(".ckpt"):
    weights = torch.load(sys.argv[1], weights_only=True, mmap=True)["state_dict"]
else:
    weights = safetensors.torch.load_file(sys.argv[1])
for name, tensor in weights.items():
    print(name, tensor.dtype, list(tensor.shape), hashlib.sha256(tensor.numpy()).hexdigest())
