"""Records PyTorch's float conversions, for ConversionTest.

    python3 record_conversion.py ../resources/dev/rivulet/internal/tensor

Runs PyTorch's portable code path: its vectorized code paths give different bits for a NaN, even within one tensor.
"""

import hashlib
import os
import pathlib
import sys

os.environ["ATEN_CPU_CAPABILITY"] = "default"

import numpy as np
import torch

TYPES = {"F16": torch.float16, "BF16": torch.bfloat16, "F32": torch.float32, "F64": torch.float64}
WORDS = {"F16": np.int16, "BF16": np.int16, "F32": np.int32, "F64": np.int64}

SPECIAL = [
    0x00000000, 0x80000000, 0x3F800000, 0x7F800000, 0xFF800000, 0x7FC00000, 0x7F800001, 0xFFC00001, 0x7FA12345,
    0xFF812345, 0x7FFFFFFF, 0x00000001, 0x80000001, 0x00008000, 0x00008001, 0x00018000, 0x007FFFFF, 0x00800000,
    0x32FFFFFF, 0x33000000, 0x33000001, 0x33800000, 0x33C00000, 0x387FC000, 0x387FDFFF, 0x387FE000, 0x387FFFFF,
    0x38800000, 0x38801000, 0x38803000, 0x477FE000, 0x477FEFFF, 0x477FF000, 0x477FFFFF, 0x47800000, 0x7F7F7FFF,
    0x7F7F8000, 0x7F7FFFFF, 0x3F808000, 0x3F818000, 0x3F801000, 0x3F803000,
]


def convert(words, source, target):
    values = torch.from_numpy(words).view(TYPES[source])
    return values.to(TYPES[target]).view(torch.from_numpy(np.zeros(0, WORDS[target])).dtype).numpy()


def singles():
    """All values of the upper 19 bits, each with lower 13 bits at, next to and between the rounding boundaries."""
    upper = np.arange(1 << 19, dtype=np.uint32) << 13
    lower = np.array([0, 1, 0xFFF, 0x1000, 0x1001, 0x1FFF], dtype=np.uint32)
    return (upper[:, None] | lower[None, :]).reshape(-1).view(np.int32)


def doubles():
    """Every 97th of the singles, widened, with its two neighbours, where a double rounding would be visible."""
    widened = convert(np.ascontiguousarray(singles()[::97]), "F32", "F64")
    return np.stack([widened - 1, widened, widened + 1], axis=1).reshape(-1)


def main(folder):
    halves = np.arange(1 << 16, dtype=np.uint16).view(np.int16)
    inputs = {"F16": halves, "BF16": halves, "F32": singles(), "F64": doubles()}
    with open(folder / "conversion-digests.txt", "w") as out:
        for source in TYPES:
            for target in TYPES:
                if source != target:
                    result = convert(inputs[source], source, target)
                    digest = hashlib.sha256(result.astype(result.dtype.newbyteorder("<")).tobytes()).hexdigest()
                    print(source, target, digest, file=out)
    words = np.array(SPECIAL, dtype=np.uint32).view(np.int32)
    f16, bf16 = convert(words, "F32", "F16"), convert(words, "F32", "BF16")
    with open(folder / "conversion-cases.txt", "w") as out:
        for single, half, brain in zip(SPECIAL, f16.view(np.uint16), bf16.view(np.uint16)):
            print(f"{single:08x} {half:04x} {brain:04x}", file=out)


main(pathlib.Path(sys.argv[1]))
