"""Times the steps of torch's optimizers: milliseconds of the median step of each, as a JSON object.

Usage: optimizer_steps.py TENSORS SIZE STEPS NAME...; "Adam" is the default, "Adam fused" has fused=True.
"""

import json
import statistics
import sys
import time

import torch

torch.set_num_threads(1)
tensors, size, steps = map(int, sys.argv[1:4])
OPTIONS = {"SGD": {"momentum": 0.9}}

millis = {"torch": torch.__version__}
for name in sys.argv[4:]:
    kind = name.split()[0]
    options = {"lr": 1e-3, **OPTIONS.get(kind, {}), **({"fused": True} if name.endswith("fused") else {})}
    parameters = [torch.nn.Parameter(torch.randn(size)) for _ in range(tensors)]
    for parameter in parameters:
        parameter.grad = torch.randn(size)
    optimizer = getattr(torch.optim, kind)(parameters, **options)
    times = []
    for step in range(-3, steps):
        start = time.perf_counter()
        optimizer.step()
        if step >= 0:
            times.append(1e3 * (time.perf_counter() - start))
    millis[name] = statistics.median(times)
print(json.dumps(millis))
