"""Loads a .ckpt of a module with a shared layer and checks that its tensors share memory.

    python3 tied.py FILE   prints the names of FILE's weights, those that share memory on one line, then the result of a strict
                           load into the same module, and whether both positions still share a parameter with FILE's values
"""

import sys

import torch


class Tied(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = self.decoder = torch.nn.Linear(2, 2)


def main(file):
    weights = torch.load(file, weights_only=True)["state_dict"]
    shared = {}
    for name, tensor in weights.items():
        shared.setdefault((tensor.untyped_storage().data_ptr(), tensor.data_ptr()), []).append(name)
    print("\n".join(" ".join(names) for names in shared.values()))
    module = Tied()
    print(module.load_state_dict(weights, strict=True))
    same = all(torch.equal(value, weights[name]) for name, value in module.state_dict().items())
    print("tied" if module.encoder.weight is module.decoder.weight and same else "not tied")


main(sys.argv[1])
