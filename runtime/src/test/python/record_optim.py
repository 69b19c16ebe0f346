"""Records results of torch.optim and torch.optim.lr_scheduler, for TorchOptimizerTest and LrSchedulerTest.

Needs torch 2.13. Run in this directory:

    python3 record_optim.py         writes ../resources/dev/rivulet/optim/{optimizers,schedulers}.json.gz
    python3 record_optim.py DIR     writes both to a directory, for a live comparison

Gradients come from a congruential generator that is the same in Java; float32 values are recorded as the integers of
their bits.
"""

import gzip
import json
import pathlib
import sys
import warnings

import torch
from torch.optim import lr_scheduler as lrs

TARGET = pathlib.Path(__file__).parent / "../resources/dev/rivulet/optim"
STEPS = 500
# Long enough for SIMD vectors and a remainder; and a scalar.
SHAPES = {"layer.weight": (5, 11), "layer.bias": (3,), "scale": ()}

OPTIMIZERS = {
    "SGD": [{}, {"lr": 0.05, "weight_decay": 0.01}, {"lr": 0.01, "momentum": 0.9},
            {"lr": 0.01, "momentum": 0.9, "dampening": 0.3, "weight_decay": 0.02},
            {"lr": 0.01, "momentum": 0.9, "nesterov": True, "weight_decay": 0.005}],
    "Adam": [{}, {"lr": 0.01, "betas": [0.8, 0.99], "eps": 1e-6, "weight_decay": 0.01},
             {"lr": 0.003, "amsgrad": True}, {"betas": [0.4, 0.9]}],
    "AdamW": [{}, {"lr": 0.01, "weight_decay": 0.1, "amsgrad": True}],
    "RMSprop": [{}, {"lr": 0.003, "alpha": 0.9, "centered": True}, {"lr": 0.001, "momentum": 0.9},
                {"lr": 0.002, "momentum": 0.5, "centered": True, "weight_decay": 0.01, "eps": 1e-5}],
    "Adagrad": [{}, {"lr": 0.1, "lr_decay": 0.01, "weight_decay": 0.02, "initial_accumulator_value": 0.1}],
}
# Hyper-parameters of the second group; each optimizer is also recorded with two groups.
BIAS_GROUP = {"lr": 0.02, "weight_decay": 0.03}


class Numbers:
    """Knuth's MMIX generator; 24 bits of each number make a float32 exactly."""

    def __init__(self, seed):
        self.state = seed

    def next(self):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) & (2**64 - 1)
        return ((self.state >> 40) - 2**23) / 2**23

    def tensor(self, shape, scale=1.0):
        count = torch.Size(shape).numel()
        return torch.tensor([self.next() * scale for _ in range(count)], dtype=torch.float32).reshape(shape)


def bits(tensor):
    return tensor.detach().contiguous().view(torch.int32).flatten().tolist()


def plain(value):
    if isinstance(value, torch.Tensor):
        return {"shape": list(value.shape), "bits": bits(value)}
    if isinstance(value, dict):
        return {str(key): plain(element) for key, element in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(element) for element in value]
    if isinstance(value, float) and value in (float("inf"), float("-inf")):
        return "Infinity" if value > 0 else "-Infinity"
    return value


def run_optimizer(kind, options, two_groups):
    numbers = Numbers(1)
    parameters = {name: torch.nn.Parameter(numbers.tensor(shape)) for name, shape in SHAPES.items()}
    if two_groups:
        biases = [p for name, p in parameters.items() if name.endswith("bias")]
        rest = [p for name, p in parameters.items() if not name.endswith("bias")]
        groups = [{"params": rest}, {"params": biases, **BIAS_GROUP}]
    else:
        groups = list(parameters.values())
    optimizer = getattr(torch.optim, kind)(groups, **options)
    snapshots = []
    for step in range(1, STEPS + 1):
        for parameter in parameters.values():
            # Of varying magnitude, like gradients.
            parameter.grad = numbers.tensor(parameter.shape, 2.0 ** (step % 7 - 5))
        optimizer.step()
        if step in (1, 2, STEPS // 2, STEPS):
            snapshots.append({"step": step, "weights": {name: bits(p) for name, p in parameters.items()},
                              "state": plain(optimizer.state_dict())})
    return {"kind": kind, "options": options, "groups": two_groups, "snapshots": snapshots}


def optimizers():
    cases = [(kind, options, False) for kind, variants in OPTIMIZERS.items() for options in variants]
    cases += [(kind, variants[-1], True) for kind, variants in OPTIMIZERS.items()]
    return [run_optimizer(*case) for case in cases]


SCHEDULERS = {
    "StepLR": lambda o: lrs.StepLR(o, 7, 0.5),
    "MultiStepLR": lambda o: lrs.MultiStepLR(o, [3, 10, 10, 40], 0.3),
    "ExponentialLR": lambda o: lrs.ExponentialLR(o, 0.97),
    "CosineAnnealingLR": lambda o: lrs.CosineAnnealingLR(o, 13, 0.001),
    "LinearLR": lambda o: lrs.LinearLR(o, 0.2, 0.9, 17),
    "ConstantLR": lambda o: lrs.ConstantLR(o, 0.25, 9),
    "LambdaLR": lambda o: lrs.LambdaLR(o, lambda epoch: min(1, (epoch + 1.0) / 20)),
    "OneCycleLR": lambda o: lrs.OneCycleLR(o, 0.3, total_steps=100),
    "OneCycleLR, three phases": lambda o: lrs.OneCycleLR(
        o, 0.3, total_steps=100, pct_start=0.2, anneal_strategy="linear", three_phase=True, base_momentum=0.8,
        max_momentum=0.9, div_factor=10.0, final_div_factor=100.0),
    "OneCycleLR, learning rate only": lambda o: lrs.OneCycleLR(o, 0.3, total_steps=100, cycle_momentum=False),
    "ReduceLROnPlateau": lambda o: lrs.ReduceLROnPlateau(o, patience=3, cooldown=2, min_lr=1e-4),
    "ReduceLROnPlateau, max": lambda o: lrs.ReduceLROnPlateau(
        o, mode="max", factor=0.5, patience=1, threshold=0.05, threshold_mode="abs"),
    "SequentialLR": lambda o: lrs.SequentialLR(
        o, [lrs.LinearLR(o, 0.1, total_iters=8), lrs.CosineAnnealingLR(o, 30), lrs.ExponentialLR(o, 0.9)], [8, 40]),
    "SequentialLR of steps": lambda o: lrs.SequentialLR(
        o, [lrs.ConstantLR(o, 0.1, 5), lrs.StepLR(o, 10), lrs.MultiStepLR(o, [4, 9], 0.5),
            lrs.OneCycleLR(o, 0.2, total_steps=60)], [5, 25, 45]),
    "SequentialLR from 0": lambda o: lrs.SequentialLR(
        o, [lrs.LambdaLR(o, lambda epoch: min(1, (epoch + 1.0) / 20)), lrs.LinearLR(o, 0.5, total_iters=8)], [30]),
}


def run_scheduler(name, make, kind):
    parameters = [torch.nn.Parameter(torch.zeros(2)) for _ in range(2)]
    more = {"momentum": 0.9} if kind == "SGD" else {}
    optimizer = getattr(torch.optim, kind)(
        [{"params": [parameters[0]]}, {"params": [parameters[1]], "lr": 0.02}], lr=0.1, **more)
    scheduler = make(optimizer)
    numbers = Numbers(2)
    steps = []
    for epoch in range(100):
        momenta = [group["betas"][0] if "betas" in group else group["momentum"] for group in optimizer.param_groups]
        steps.append([[group["lr"] for group in optimizer.param_groups], momenta])
        optimizer.step()
        if isinstance(scheduler, lrs.ReduceLROnPlateau):
            scheduler.step(1.0 / (1 + epoch) + 0.1 * numbers.next())
        else:
            scheduler.step()
        if epoch == 49:
            halfway = plain(scheduler.state_dict())
            halfway_optimizer = plain(optimizer.state_dict())
    return {"name": name, "optimizer": kind, "steps": steps, "halfway": halfway,
            "halfwayOptimizer": halfway_optimizer, "state": plain(scheduler.state_dict())}


def schedulers():
    return [run_scheduler(name, make, kind) for name, make in SCHEDULERS.items() for kind in ("SGD", "Adam")]


def write(path, value):
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "wb") as file, gzip.GzipFile("", "wb", mtime=0, fileobj=file) as packed:
        packed.write(json.dumps(value).encode())
    print(path.name, path.stat().st_size)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    target = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET
    versions = {"torch": torch.__version__}
    write(target / "optimizers.json.gz", {**versions, "cases": optimizers()})
    write(target / "schedulers.json.gz", {**versions, "cases": schedulers()})
