"""The Python side of the tests of parameter names: modules whose weights can be exchanged with DJL's blocks.

    python3 torch_names.py exchange FOLDER   for each case of FOLDER/cases.txt (its name, a tab, the module):
        loads NAME.safetensors strictly, computes with the inputs of NAME-run.safetensors and prints the name, the largest
        relative difference from the recorded output, and the names and shapes; changes all weights and writes
        NAME-python.safetensors and NAME-python-run.safetensors
    python3 torch_names.py train FOLDER      trains each case on the inputs and compares the weights and buffers with
        NAME-trained.safetensors
    python3 torch_names.py tied FOLDER       loads tied.safetensors into a module with a shared layer, in three ways, and
        writes one-name.safetensors, all-names.safetensors and all-names.pt from it

NAME.ckpt is used instead of NAME.safetensors if it exists.
"""

import pathlib
import sys

import safetensors.torch
import torch
from torch import nn


class LastAxisNorm(nn.BatchNorm1d):
    def forward(self, x):
        return super().forward(x.transpose(1, 2)).transpose(1, 2)


class Attention(nn.Module):
    """Multi-head attention with a module for each projection, as in DJL."""

    def __init__(self, size, heads):
        super().__init__()
        self.heads = heads
        self.keyProjection = nn.Linear(size, size)
        self.queryProjection = nn.Linear(size, size)
        self.valueProjection = nn.Linear(size, size)
        self.resultProjection = nn.Linear(size, size)

    def forward(self, x):
        batch, length, size = x.shape
        split = lambda y: y.reshape(batch, length, self.heads, -1).transpose(1, 2)
        heads = nn.functional.scaled_dot_product_attention(
            split(self.queryProjection(x)), split(self.keyProjection(x)), split(self.valueProjection(x)))
        return self.resultProjection(heads.transpose(1, 2).reshape(batch, length, size))


class FusedAttention(Attention):
    """The same weights in PyTorch's own module."""

    def forward(self, x):
        q, k, v, out = self.queryProjection, self.keyProjection, self.valueProjection, self.resultProjection
        fused = nn.MultiheadAttention(x.shape[2], self.heads, batch_first=True).eval()
        fused.load_state_dict({
            "in_proj_weight": torch.cat([q.weight, k.weight, v.weight]),
            "in_proj_bias": torch.cat([q.bias, k.bias, v.bias]),
            "out_proj.weight": out.weight,
            "out_proj.bias": out.bias,
        })
        return fused(x, x, x)[0]


class Encoder(nn.Module):
    def __init__(self, size, heads, hidden):
        super().__init__()
        self.selfAttention = Attention(size, heads)
        self.attentionNorm = LastAxisNorm(size)
        self.outputBlock = nn.Sequential(nn.Linear(size, hidden), nn.ReLU(), nn.Linear(hidden, size))
        self.outputNorm = LastAxisNorm(size)

    def forward(self, x):
        return self.outputNorm(self.outputBlock(self.attentionNorm(self.selfAttention(x) + x)) + x)


class Sum(nn.ModuleList):
    def forward(self, x):
        return sum(branch(x) for branch in self)


class Weight(nn.Module):
    def __init__(self, *shape):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(shape))

    def forward(self, x):
        return x * self.weight


class LinearCollection(nn.Module):
    def __init__(self, count, inputs, units):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(count, inputs, units))
        self.bias = nn.Parameter(torch.empty(count, units))

    def forward(self, x):
        return torch.einsum("bci,ciu->bcu", x, self.weight) + self.bias


class Nested(nn.Module):
    def __init__(self):
        super().__init__()
        self.model = nn.Sequential(nn.Linear(2, 4), nn.BatchNorm1d(4), nn.ReLU(), nn.Linear(4, 1))

    def forward(self, x):
        return self.model(x)


class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Linear(2, 2)
        self.decoder = self.encoder


def compute(module, run):
    inputs = [value for name, value in sorted(run.items()) if name.startswith("input")]
    output = module(*inputs)
    return output[0] if isinstance(output, tuple) else output


def difference(actual, expected):
    assert actual.shape == expected.shape, f"{tuple(actual.shape)} is not {tuple(expected.shape)}"
    return ((actual - expected).abs() / expected.abs().clamp(min=1)).max().item()


def saved(folder, name):
    checkpoint = folder / f"{name}.ckpt"
    if checkpoint.exists():
        return torch.load(checkpoint, weights_only=True)["state_dict"]
    return safetensors.torch.load_file(folder / f"{name}.safetensors")


def cases(folder):
    for line in (folder / "cases.txt").read_text().splitlines():
        name, expression = line.split("\t")
        module = eval(expression)
        module.load_state_dict(saved(folder, name), strict=True)
        yield name, module, safetensors.torch.load_file(folder / f"{name}-run.safetensors")


def exchange(folder):
    torch.manual_seed(1)
    for name, module, run in cases(folder):
        module.eval()
        found = difference(compute(module, run), run["output"])
        names = " ".join(f"{key}{list(value.shape)}".replace(" ", "") for key, value in module.state_dict().items())
        print(name, found, names)
        for value in module.state_dict().values():
            if value.dtype == torch.float32:
                value.uniform_(0.1, 0.9)
            else:
                value.fill_(3)
        safetensors.torch.save_file(module.state_dict(), folder / f"{name}-python.safetensors")
        output = compute(module, run).contiguous()
        safetensors.torch.save_file({"output": output}, folder / f"{name}-python-run.safetensors")


def train(folder):
    for name, module, run in cases(folder):
        module.train()
        output = difference(compute(module, run), run["output"])
        trained = safetensors.torch.load_file(folder / f"{name}-trained.safetensors")
        print(name, max(output, *(difference(module.state_dict()[key], value) for key, value in trained.items())))


def tied(folder):
    module = Tied()
    file = folder / "tied.safetensors"
    missing, unexpected = safetensors.torch.load_model(module, file)
    print("load_model", sorted(missing), sorted(unexpected))
    weights = safetensors.torch.load_file(file)
    print("not strict", *module.load_state_dict(weights, strict=False))
    try:
        module.load_state_dict(weights)
    except RuntimeError:
        print("strict refused")
    safetensors.torch.save_model(module, folder / "one-name.safetensors")
    copies = {key: value.clone() for key, value in module.state_dict().items()}
    safetensors.torch.save_file(copies, folder / "all-names.safetensors")
    torch.save(module.state_dict(), folder / "all-names.pt")


with torch.no_grad():
    globals()[sys.argv[1]](pathlib.Path(sys.argv[2]))
