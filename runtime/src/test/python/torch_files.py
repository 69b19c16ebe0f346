"""The Python side of the tests of PyTorch files.

    python3 torch_files.py record FOLDER   writes files of torch.save and Lightning, each with its listing (FILE.txt)
    python3 torch_files.py list FILE [mmap|trusting]   prints the listing of FILE, read with weights_only=True,
                                           with mmap=True as well, or with weights_only=False
    python3 torch_files.py zip FILE        reads FILE with zipfile, checks its checksums, prints its names

A listing has one line per value: path, type and content; for a tensor its dtype, shape, bytes and the storage it shares.
The recorded files were made with torch 2.13.0 and pytorch-lightning 2.6.6.
"""

import argparse
import collections
import io
import os
import pathlib
import struct
import sys
import tempfile
import warnings
import zipfile

import torch

warnings.filterwarnings("ignore")


def raw(tensor):
    flat = tensor.detach().contiguous().reshape(-1)
    return bytes(flat.view(torch.uint8).tolist()).hex() if tensor.numel() else ""


def describe(value, path, storages, lines):
    add = lambda text: lines.append(f"{path} {text}")
    if isinstance(value, torch.Tensor):
        storage = storages.setdefault(value.untyped_storage().data_ptr() or -len(lines) - 1, len(storages))
        kind = "parameter" if isinstance(value, torch.nn.Parameter) else "tensor"
        shape = str(list(value.shape)).replace(" ", "")
        grad = str(value.requires_grad).lower()
        add(f"{kind} {str(value.dtype)} {shape} {grad} {storage} {raw(value)}")
    elif value is None:
        add("none")
    elif isinstance(value, bool):
        add(f"bool {str(value).lower()}")
    elif isinstance(value, torch.Size):
        add("size " + " ".join(map(str, value)))
    elif isinstance(value, int):
        add(f"int {value}")
    elif isinstance(value, float):
        add("float " + struct.pack(">d", value).hex())
    elif isinstance(value, str):
        add("text " + value.encode().hex())
    elif isinstance(value, bytes):
        add("bytes " + value.hex())
    elif type(value) in (dict, collections.OrderedDict):
        add("dict" if type(value) is dict else "ordered")
        for i, (key, item) in enumerate(value.items()):
            describe(key, f"{path}.k{i}", storages, lines)
            describe(item, f"{path}.v{i}", storages, lines)
        for i, (name, item) in enumerate(getattr(value, "__dict__", {}).items()):
            describe(name, f"{path}.n{i}", storages, lines)
            describe(item, f"{path}.a{i}", storages, lines)
    elif isinstance(value, (list, tuple)):
        add("list" if isinstance(value, list) else "tuple")
        for i, item in enumerate(value):
            describe(item, f"{path}.{i}", storages, lines)
    elif isinstance(value, torch.dtype):
        add(f"global {value}")
    else:
        add(f"object {type(value).__module__}.{type(value).__qualname__}")


def listing(content):
    lines = []
    describe(content, "root", {}, lines)
    return lines


def load(path, how):
    if how == "trusting":
        return torch.load(path, weights_only=False)
    return torch.load(path, weights_only=True, mmap=True if how == "mmap" else None)


def plain():
    base = torch.arange(24, dtype=torch.float32).reshape(4, 6)
    tied = torch.ones(3)
    kinds = ["bool", "uint8", "int8", "int16", "float16", "bfloat16", "int32", "float32", "complex64", "float64", "int64",
             "uint16", "uint32", "uint64", "float8_e5m2", "float8_e4m3fn", "float8_e8m0fnu", "float8_e4m3fnuz",
             "float8_e5m2fnuz"]
    dtypes = {}
    for kind in kinds:
        dtype = getattr(torch, kind)
        size = torch.empty(0, dtype=dtype).element_size()
        data = (torch.arange(6 * size) * 11 % 256).to(torch.uint8)
        dtypes[kind] = (data % 2 if kind == "bool" else data).view(dtype).reshape(2, 3)
    ordered = collections.OrderedDict([("w", tied), ("tied", tied.detach())])
    ordered._metadata = collections.OrderedDict([("", {"version": 1})])
    return {
        "dtypes": dtypes, "ordered": ordered, "transposed": base.t(), "column": base[:, 2], "block": base[1:3, 2:4],
        "scalar": torch.tensor(3.5), "empty": torch.empty(0, 5), "parameter": torch.nn.Parameter(torch.ones(2)),
        "frozen": torch.nn.Parameter(torch.zeros(2), requires_grad=False), "grad": torch.ones(1, requires_grad=True),
        "ints": [0, 1, 255, 256, 65535, 65536, -1, 2**31 - 1, 2**31, -2**31, -2**31 - 1, 2**63, -2**63, 2**70, -2**1000],
        "floats": (0.0, -0.0, 1.5, float("inf"), float("nan"), 1e-310), "text": ["", "é 😀", "a\nb"],
        "bytes": [b"\x00\xff"], "bools": (True, False, None), "nested": [[[]], {}, ((),)], "size": torch.Size([2, 3]),
        3: "int key", 2.5: "float key", (1, "a"): "tuple key", None: "none key", "dtype": torch.float32,
        "many": {i: str(i % 7) for i in range(1002)}, "long": list(range(1001)),
        "many ordered": collections.OrderedDict((i, i) for i in range(1001)),
    }


def lightning(folder):
    import logging

    import pytorch_lightning as pl
    from pytorch_lightning.callbacks import EarlyStopping, ModelCheckpoint

    logging.getLogger("pytorch_lightning").setLevel(logging.ERROR)

    class Net(pl.LightningModule):
        def __init__(self, lr=0.1, layers=(4, 3), options=None):
            super().__init__()
            self.save_hyperparameters()
            self.body = torch.nn.Sequential(torch.nn.Linear(4, 3), torch.nn.BatchNorm1d(3), torch.nn.ReLU())
            self.head = torch.nn.Linear(3, 1)

        def training_step(self, batch, index):
            loss = self.head(self.body(batch[0])).pow(2).mean()
            self.log("train_loss", loss)
            return loss

        def validation_step(self, batch, index):
            self.log("val_loss", self.head(self.body(batch[0])).pow(2).mean())

        def configure_optimizers(self):
            optimizer = torch.optim.AdamW(self.parameters(), lr=self.hparams.lr)
            return [optimizer], [torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 10)]

    class Sgd(Net):
        def configure_optimizers(self):
            optimizer = torch.optim.SGD(self.parameters(), lr=0.1, momentum=0.9)
            plateau = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer)
            return {"optimizer": optimizer, "lr_scheduler": {"scheduler": plateau, "monitor": "val_loss"}}

    for name, module, callbacks in [
        ("lightning-adamw", Net(options={"a": [1, 2.5, None]}), [ModelCheckpoint(monitor="val_loss", dirpath="kept"), EarlyStopping("val_loss")]),
        ("lightning-sgd", Sgd(), []),
        ("lightning-namespace", Net(options=argparse.Namespace(a=1, b="c")), []),
    ]:
        torch.manual_seed(1)
        loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(torch.randn(16, 4)), 4)
        trainer = pl.Trainer(
            max_epochs=2, logger=False, enable_progress_bar=False, enable_model_summary=False, callbacks=callbacks,
            default_root_dir="runs", accelerator="cpu", enable_checkpointing=bool(callbacks))
        trainer.fit(module, loader, loader)
        trainer.save_checkpoint(folder / f"{name}.ckpt")


def record(folder):
    torch.manual_seed(1)
    torch.save(plain(), folder / "plain.pt")
    buffer = io.BytesIO()
    torch.save(plain(), buffer, pickle_protocol=5)
    (folder / "protocol5.pt").write_bytes(buffer.getvalue())
    with zipfile.ZipFile(folder / "plain.pt") as source, zipfile.ZipFile(folder / "rezipped.pt", "w") as target:
        for name in source.namelist():
            target.writestr(zipfile.ZipInfo(name), source.read(name))
    torch.save({"w": torch.ones(2)}, folder / "legacy.pt", _use_new_zipfile_serialization=False)
    with tempfile.TemporaryDirectory() as runs:
        os.chdir(runs)
        lightning(folder)
        os.chdir("/")
    for path in sorted([folder / "plain.pt", *folder.glob("*.ckpt")]):
        lines = listing(torch.load(path, weights_only=False))
        path.with_name(path.name + ".txt").write_text("\n".join(lines) + "\n")


def main(command, path, how="plain"):
    if command == "record":
        record(pathlib.Path(path).absolute())
    elif command == "zip":
        with zipfile.ZipFile(path) as file:
            print(file.testzip())
            print("\n".join(file.namelist()))
    else:
        print("\n".join(listing(load(path, how))))


main(*sys.argv[1:])
