"""Records the gradients clipped by torch.nn.utils, for GradientClippingTest.

Needs torch 2.13. Run in this directory; writes ../resources/dev/rivulet/optim/clipping.json.
"""

import json
import pathlib

import torch

TARGET = pathlib.Path(__file__).parent / "../resources/dev/rivulet/optim/clipping.json"

GRADIENTS = {
    "one small": [[0.25, -0.5]],
    "both signs": [[10.0, -10.0, 0.5, -0.5, 0.0]],
    "several tensors": [[3.0, -4.0], [12.0], [-84.0, 0.0, 0.001]],
    "zeros": [[0.0, 0.0], [-0.0]],
    "huge": [[1e19, -1e19], [2.0]],
    "NaN": [[1.0, float("nan")], [2.0, -3.0]],
    "infinite": [[float("inf"), 1.0], [float("-inf")]],
}


def clipped(kind, limit, values):
    parameters = [torch.nn.Parameter(torch.zeros(len(tensor))) for tensor in values]
    for parameter, tensor in zip(parameters, values):
        parameter.grad = torch.tensor(tensor)
    if kind == "NORM":
        torch.nn.utils.clip_grad_norm_(parameters, limit)
    else:
        torch.nn.utils.clip_grad_value_(parameters, limit)
    return [[str(value) for value in parameter.grad.tolist()] for parameter in parameters]


def java(values):
    names = {"inf": "Infinity", "-inf": "-Infinity", "nan": "NaN"}
    return [[names.get(str(value), str(value)) for value in tensor] for tensor in values]


if __name__ == "__main__":
    cases = [
        {"name": f"{name}, {kind} {limit}", "kind": kind, "limit": limit, "gradients": java(values),
         "clipped": java(clipped(kind, limit, values))}
        for name, values in GRADIENTS.items() for kind in ("NORM", "VALUE") for limit in (0.5, 1.0, 100.0)
    ]
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(json.dumps(cases, indent=1) + "\n")
    print(len(cases), "cases")
