"""The Python side of SafetensorsInteropTest.

    python3 interop.py write FILE   writes one tensor of every dtype that safetensors.torch supports
    python3 interop.py read FILE    prints name, dtype, shape and bytes of each tensor, sorted by name

The first line of the listing is FILE's metadata.
"""

import sys

import safetensors
import safetensors.torch
import torch


def listing(path):
    with safetensors.safe_open(path, "pt") as file:
        print("metadata", sorted((file.metadata() or {}).items()))
    names = {dtype: name for name, dtype in safetensors.torch._TYPES.items()}
    for name, tensor in sorted(safetensors.torch.load_file(path).items()):
        raw = tensor.contiguous().reshape(-1).view(torch.uint8) if tensor.numel() else torch.empty(0, dtype=torch.uint8)
        print(name, names[tensor.dtype], str(list(tensor.shape)).replace(" ", ""), bytes(raw.tolist()).hex())


def write(path):
    tensors = {}
    for name, dtype in safetensors.torch._TYPES.items():
        size = torch.empty(0, dtype=dtype).element_size()
        raw = torch.arange(6 * size, dtype=torch.int32).to(torch.uint8)
        tensors[name] = (raw % 2 if dtype == torch.bool else raw).view(dtype).reshape(2, 3)
    safetensors.torch.save_file(tensors, path, {"format": "pt"})
    listing(path)


{"write": write, "read": listing}[sys.argv[1]](sys.argv[2])
