"""The Python side of LightningInteropTest and TrainerInteropTest: runs of Lightning's Trainer that save a file or resume from one.

    python3 lightning_runs.py train FOLDER CASE…    trains each case, saves FOLDER/CASE.ckpt at its position and continues
    python3 lightning_runs.py resume FOLDER CASE…   resumes from each FOLDER/CASE.ckpt
    python3 lightning_runs.py compare FOLDER OTHER CASE…   prints differences of keys, types or counts between two folders

The first two write FOLDER/CASE.json: the 50 batches after the position, each with epoch, index, optimizer steps so far, learning
rate and loss, and Lightning's warnings. FOLDER/data.safetensors holds the data.
"""

import json
import logging
import pathlib
import sys
import warnings

import pytorch_lightning as pl
import safetensors.torch
import torch
from torch import nn
from torch.optim import lr_scheduler as lrs

BATCH_SIZE = 8
FOLLOWING = 50

# begin: loader
class ResumableRows(torch.utils.data.Sampler):
    """Rows in an order that depends on the epoch; the first pass may start at any row."""

    def __init__(self, count):
        self.count, self.epoch, self.start = count, 0, 0

    def set_epoch(self, epoch):  # Lightning calls it before each epoch.
        self.epoch = epoch

    def __len__(self):
        return self.count

    def __iter__(self):
        start, self.start = self.start, 0
        return iter([(row + 24 * self.epoch) % self.count for row in range(start, self.count)])


class ResumableLoader(torch.utils.data.DataLoader):
    """Can start in the middle of an epoch, at the position that the module sets."""

    def state_dict(self):
        return {}

    def load_state_dict(self, state):
        pass
# end: loader


# begin: module
class Module(pl.LightningModule):
    def __init__(self, settings, rows):
        super().__init__()
        self.settings, self.rows = settings, rows
        norm = [nn.BatchNorm1d(16)] if settings.get("norm") else []
        self.model = nn.Sequential(nn.Linear(4, 16), *norm, nn.Tanh(), nn.Linear(16, 1))

    def on_load_checkpoint(self, checkpoint):
        progress = checkpoint["loops"]["fit_loop"]["epoch_loop.batch_progress"]
        self.rows.start = 0 if progress["is_last_batch"] else progress["current"]["processed"] * BATCH_SIZE
# end: module

    def on_save_checkpoint(self, checkpoint):
        checkpoint["labels"] = {"low": [0, 0.5], "high": [1, 2.5]}

    def training_step(self, batch, index):
        x, y = batch
        loss = nn.functional.mse_loss(self.model(x), y)
        self.log("train_loss", loss)
        rate = self.trainer.optimizers[0].param_groups[0]["lr"]
        self.trainer.seen([self.current_epoch, index, self.global_step, rate, loss.item()])
        return loss

    def validation_step(self, batch, index):
        self.log("val_loss", nn.functional.mse_loss(self.model(batch[0]), batch[1]))

    def configure_optimizers(self):
        optimizer = self.settings["optimizer"](self.parameters())
        scheduler = self.settings["scheduler"](optimizer)
        config = {"scheduler": scheduler, "interval": self.settings["interval"]}
        if isinstance(scheduler, lrs.ReduceLROnPlateau):
            config["monitor"] = "train_loss"
        return {"optimizer": optimizer, "lr_scheduler": config}


CASES = {
    "sgd": {
        "position": ("BATCH_END", 1, 4), "interval": "step",
        "optimizer": lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9, nesterov=True, weight_decay=0.01),
        "scheduler": lambda o: lrs.StepLR(o, 7, 0.8)},
    "adam": {
        "position": ("VALIDATION_END", 1, 3), "interval": "step", "norm": True,
        "optimizer": lambda p: torch.optim.Adam(p, lr=0.001),
        "scheduler": lambda o: lrs.OneCycleLR(o, 0.02, 200)},
    "adamw": {
        "position": ("EPOCH_END", 2, 7), "interval": "epoch", "norm": True,
        "optimizer": lambda p: torch.optim.AdamW(p, lr=0.01, amsgrad=True),
        "scheduler": lambda o: lrs.CosineAnnealingLR(o, 10)},
    "rmsprop": {
        "position": ("BATCH_END", 1, 7), "interval": "epoch",
        "optimizer": lambda p: torch.optim.RMSprop(p, lr=0.002, momentum=0.5, centered=True),
        "scheduler": lambda o: lrs.MultiStepLR(o, [1, 4], 0.5)},
    "adagrad": {
        "position": ("BATCH_START", 1, 2), "interval": "step",
        "optimizer": lambda p: torch.optim.Adagrad(p, lr=0.05),
        "scheduler": lambda o: lrs.SequentialLR(
            o, [lrs.LinearLR(o, 0.5, total_iters=5), lrs.MultiStepLR(o, [3, 20], 0.7)], [5])},
    "plateau": {
        "position": ("TRAIN_END", 2, 7), "interval": "epoch",
        "optimizer": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9),
        "scheduler": lambda o: lrs.ReduceLROnPlateau(o, factor=0.5, patience=0)},
    "accumulating": {
        "position": ("BATCH_END", 1, 3), "interval": "step", "norm": True, "accumulate": 2,
        "optimizer": lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9),
        "scheduler": lambda o: lrs.ExponentialLR(o, 0.97)},
    "linear": {
        "position": ("BATCH_END", 0, 0), "interval": "step",
        "optimizer": lambda p: torch.optim.Adam(p, lr=0.01, betas=(0.8, 0.99)),
        "scheduler": lambda o: lrs.LinearLR(o, 0.1, total_iters=20)},
}


class Saver(pl.callbacks.Checkpoint):
    """Saves once, at the position of the case."""

    def __init__(self, settings, file):
        self.settings, self.file, self.at, self.saved = settings, file, (0, -1), False

    def reach(self, trainer, position):
        name, *at = self.settings["position"]
        if not self.saved and not trainer.sanity_checking and position == name and tuple(at) == self.at:
            self.saved = True
            trainer.save_checkpoint(self.file)

    def on_train_batch_end(self, trainer, module, outputs, batch, index):
        self.at = (trainer.current_epoch, index)
        self.reach(trainer, "BATCH_END")

    def on_validation_end(self, trainer, module):
        self.reach(trainer, "VALIDATION_END")

    def on_train_epoch_end(self, trainer, module):
        self.reach(trainer, "EPOCH_END")

    def on_train_end(self, trainer, module):
        self.reach(trainer, "TRAIN_END")


class Data(torch.utils.data.Dataset):
    def __init__(self, folder, fetched=lambda: None):
        tensors = safetensors.torch.load_file(folder / "data.safetensors")
        self.x, self.y, self.fetched = tensors["x"], tensors["y"], fetched

    def __len__(self):
        return len(self.x)

    def __getitem__(self, row):
        self.fetched()
        return self.x[row], self.y[row]


def fit(settings, folder, ckpt=None, saver=None, epochs=40):
    """Trains for 50 batches, counted from the start or from the save."""
    seen = []
    trainer = pl.Trainer(
        max_epochs=epochs, accumulate_grad_batches=settings.get("accumulate", 1), val_check_interval=4,
        num_sanity_val_steps=0, callbacks=[saver] if saver else [], logger=False, enable_progress_bar=False,
        enable_model_summary=False, enable_checkpointing=bool(saver), accelerator="cpu", default_root_dir=folder)

    def see(batch):
        if saver is None or saver.saved:
            seen.append(batch)
            trainer.should_stop = len(seen) == FOLLOWING

    trainer.seen = see
    data = Data(folder, lambda: saver.reach(trainer, "BATCH_START") if saver else None)
    rows = ResumableRows(len(data))
    loader = ResumableLoader(data, batch_size=BATCH_SIZE, sampler=rows)
    validation = torch.utils.data.DataLoader(Data(folder), batch_size=64)
    trainer.fit(Module(settings, rows), loader, validation, ckpt_path=ckpt)
    return seen


def run(mode, name, settings, folder):
    file = folder / f"{name}.ckpt"
    messages = []
    handler = logging.Handler(logging.WARNING)
    handler.emit = lambda record: messages.append(record.getMessage())
    for logger in ("pytorch_lightning", "lightning_fabric", "lightning"):
        logging.getLogger(logger).addHandler(handler)
    torch.manual_seed(7)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        if mode == "resume":
            seen = fit(settings, folder, file)
        elif settings["position"][0] == "TRAIN_END":
            fit(settings, folder, saver=Saver(settings, file), epochs=settings["position"][1] + 1)
            seen = fit(settings, folder, file)
        else:
            seen = fit(settings, folder, saver=Saver(settings, file))
    messages += [str(warning.message) for warning in caught]
    (folder / f"{name}.json").write_text(json.dumps({"batches": seen, "warnings": sorted(set(messages))}))


def differences(ours, theirs, path):
    """Compares keys, types and counts; the numbers in tensors and floats may differ."""
    numbers = {type(ours), type(theirs)} == {int, float} and ours == theirs  # 0 is 0.0 for an optimizer.
    if type(ours) is not type(theirs) and not numbers:
        yield f"{path} {type(ours).__name__} {type(theirs).__name__}"
    elif isinstance(ours, dict):
        for key in sorted(ours.keys() | theirs.keys(), key=str):
            if key in ours and key in theirs:
                yield from differences(ours[key], theirs[key], f"{path}.{key}")
            else:
                yield f"{path}.{key} only in {'the first' if key in ours else 'the second'}"
    elif isinstance(ours, (list, tuple)):
        yield from differences(dict(enumerate(ours)), dict(enumerate(theirs)), path)
    elif isinstance(ours, torch.Tensor):
        if (ours.dtype, ours.shape) != (theirs.dtype, theirs.shape):
            yield f"{path} {ours.dtype} {list(ours.shape)} {theirs.dtype} {list(theirs.shape)}"
    elif not isinstance(ours, float) and ours != theirs:
        yield f"{path} {ours} {theirs}"


def compare(folder, other, names):
    for name in names:
        ours, theirs = (torch.load(path / f"{name}.ckpt", weights_only=True) for path in (folder, other))
        print(*differences(ours, theirs, name), sep="\n")


def main(mode, folder, *arguments):
    if mode == "compare":
        compare(pathlib.Path(folder), pathlib.Path(arguments[0]), arguments[1:])
        return
    logging.getLogger("pytorch_lightning").setLevel(logging.WARNING)
    for name in arguments:
        run(mode, name, CASES[name], pathlib.Path(folder))


if __name__ == "__main__":
    main(*sys.argv[1:])
