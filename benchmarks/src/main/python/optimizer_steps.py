"""Times the steps of torch's optimizers: milliseconds of the median step of each, as a JSON object.

Usage: optimizer_steps.py COUNT WIDTH STEPS; for COUNT square matrices of that width.
"""

import json
import statistics
import sys
import time

import torch

count, width, steps = map(int, sys.argv[1:])
OPTIMIZERS = {
    "Adam": lambda parameters: torch.optim.Adam(parameters, lr=1e-3),
    "AdamW": lambda parameters: torch.optim.AdamW(parameters, lr=1e-3),
    "SGD": lambda parameters: torch.optim.SGD(parameters, lr=1e-3, momentum=0.9),
}

millis = {"torch": torch.__version__}
for name, make in OPTIMIZERS.items():
    parameters = [torch.nn.Parameter(torch.randn(width, width)) for _ in range(count)]
    for parameter in parameters:
        parameter.grad = torch.randn(width, width)
    optimizer = make(parameters)
    times = []
    for step in range(-3, steps):
        start = time.perf_counter()
        optimizer.step()
        if step >= 0:
            times.append(1e3 * (time.perf_counter() - start))
    millis[name] = statistics.median(times)
print(json.dumps(millis))
