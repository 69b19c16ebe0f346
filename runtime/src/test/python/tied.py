"""Loads a .ckpt of a module whose layer is in two places, and checks that its tensors are, too.

    python3 tied.py FILE   prints the names of FILE's weights, those that share memory on one line, then what a strict load
                           into the same module says, and whether both places still hold one parameter with the file's values
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
