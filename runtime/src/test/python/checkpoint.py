"""Prints the result of torch.load for a .ckpt: keys, the user's entry class_names, and the bytes of each weight.

    python3 checkpoint.py FILE plain|mmap   reads FILE with weights_only=True, mapped into memory or not
"""

import sys

import torch

checkpoint = torch.load(sys.argv[1], weights_only=True, mmap=sys.argv[2] == "mmap")
print("epoch", checkpoint["epoch"])
print("global_step", checkpoint["global_step"])
print("class_names", *checkpoint["class_names"])
for name, tensor in checkpoint["state_dict"].items():
    print(name, tensor.dtype, list(tensor.shape), bytes(tensor.contiguous().reshape(-1).view(torch.uint8).tolist()).hex())
