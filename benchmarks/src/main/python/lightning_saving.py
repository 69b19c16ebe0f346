"""Cost of three ModelCheckpoints in a PyTorch Lightning run: the weights unchanged, halved, and in bf16, every n steps.

Usage: lightning_saving.py LAYERS WIDTH BATCH_SIZE EVERY FIRST_STEP STEPS. Prints JSON with milliseconds per step with and without
saves, medians of alternating runs, and milliseconds that a save blocks training.
"""

import json
import logging
import statistics
import sys
import tempfile
import time
import warnings

warnings.filterwarnings("ignore")
logging.disable(logging.WARNING)

import pytorch_lightning as pl  # noqa: E402  (after its warnings are switched off)
import torch  # noqa: E402

PAIRS = 3
layers, width, batch_size, every, first, steps = map(int, sys.argv[1:])


class Clock(pl.Callback):
    def on_train_batch_start(self, trainer, module, batch, index):
        if index == first:
            self.start = time.perf_counter()

    def on_train_batch_end(self, trainer, module, outputs, batch, index):
        if index == first + steps - 1:
            self.seconds = time.perf_counter() - self.start


class Stream(pl.callbacks.ModelCheckpoint):
    def __init__(self, folder, name, blocked):
        super().__init__(
            dirpath=folder, filename=name + "-{step}", every_n_train_steps=every, save_weights_only=True
        )
        self.name, self.blocked = name, blocked

    @property
    def state_key(self):
        return self.name

    def _save_checkpoint(self, trainer, filepath):
        start = time.perf_counter()
        trainer.lightning_module.stream = self.name
        super()._save_checkpoint(trainer, filepath)
        self.blocked.append(time.perf_counter() - start)


class Layers(pl.LightningModule):
    stream = "original"

    def __init__(self):
        super().__init__()
        self.net = torch.nn.Sequential(*[torch.nn.Linear(width, width) for _ in range(layers)])

    def training_step(self, batch, index):
        return self.net(batch).square().mean()

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), lr=1e-4)

    def on_save_checkpoint(self, checkpoint):
        weights = checkpoint["state_dict"]
        if self.stream == "halved":
            checkpoint["state_dict"] = {name: weight * 0.5 for name, weight in weights.items()}
        elif self.stream == "half":
            checkpoint["state_dict"] = {name: weight.bfloat16() for name, weight in weights.items()}


batches = torch.randn(first + steps + 1, batch_size, width)


def run(folder, streams):
    clock = Clock()
    trainer = pl.Trainer(
        max_epochs=1,
        accelerator="cpu",
        logger=False,
        enable_checkpointing=bool(streams),
        enable_progress_bar=False,
        enable_model_summary=False,
        default_root_dir=folder,
        callbacks=[clock, *streams],
    )
    trainer.fit(Layers(), torch.utils.data.DataLoader(batches, batch_size=None))
    return clock.seconds / steps * 1e3


bare, saving, blocked = [], [], []
for _ in range(PAIRS):
    with tempfile.TemporaryDirectory(dir="target") as folder:
        bare.append(run(folder, []))
        saving.append(run(folder, [Stream(folder, name, blocked) for name in ("original", "halved", "half")]))
events = [sum(blocked[i : i + 3]) for i in range(0, len(blocked), 3)]
print(
    json.dumps(
        {
            "lightning": pl.__version__,
            "torch": torch.__version__,
            "bare_ms": round(statistics.median(bare), 2),
            "saving_ms": round(statistics.median(saving), 2),
            "blocked_ms": round(statistics.median(events) * 1e3, 1),
            "slower_percent": round(100 * (statistics.median(s / b for s, b in zip(saving, bare)) - 1), 1),
        }
    )
)
