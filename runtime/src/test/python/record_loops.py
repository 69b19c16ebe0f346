"""Records the loop state in Lightning's checkpoints, for LightningEntriesTest.

Needs torch 2.13 and pytorch-lightning 2.6.6. Run in this directory:

    python3 record_loops.py         writes ../resources/dev/rivulet/internal/lightning/loops.json.gz
    python3 record_loops.py FILE    writes it elsewhere, for a live comparison

Each case is one fit. There is a record for every position where a file may be saved: "progress" is counted independently by a
callback, "saved" is what Lightning would write, without weights and optimizer state.
"""

import gzip
import json
import logging
import pathlib
import sys
import tempfile
import warnings

import pytorch_lightning as pl
import torch
from pytorch_lightning.callbacks import Checkpoint

RESUMED = pathlib.Path(tempfile.gettempdir()) / "record_loops.ckpt"
TARGET = pathlib.Path(__file__).parent / "../resources/dev/rivulet/internal/lightning/loops.json.gz"

CASES = [
    {},
    {"batches": 1},
    {"validation": False},
    {"sanity": 2, "val_check_interval": 0.5},
    {"val_check_interval": 2, "epochs": 2, "scheduler": "step"},
    {"val_check_interval": 5, "epochs": 2},
    {"check_val_every_n_epoch": 2, "scheduler": "epoch"},
    {"accumulate": 2, "scheduler": "step"},
    {"accumulate": 4, "val_check_interval": 3, "scheduler": "epoch"},
    {"accumulate": 7, "epochs": 2},
    {"batches": 5, "accumulate": 2, "epochs": 2},
    {"max_steps": 8, "val_check_interval": 2},
    {"max_steps": 6},
    {"stop_at": 8, "val_check_interval": 3},
    {"scheduler": "plateau"},
    {"scheduler": "step", "second_scheduler": "epoch", "epochs": 2},
    {"scheduler": "sequential", "epochs": 2},
    {"resumed": True, "val_check_interval": 2, "epochs": 4},
]


class Recorder(Checkpoint):
    """A checkpoint callback, so that its hooks run in the order of ModelCheckpoint's."""

    def __init__(self, case):
        self.case, self.records = case, []
        self.epoch, self.ended, self.index, self.total, self.validated = 0, 0, -1, 0, False

    def due(self, trainer):
        interval = self.case.get("val_check_interval", 1.0)
        batches = max(1, int(self.case["batches"] * interval)) if isinstance(interval, float) else interval
        possible = self.case["validation"] and (self.epoch + 1) % self.case.get("check_val_every_n_epoch", 1) == 0
        return self.index >= 0 and possible and ((self.index + 1) % batches == 0 or trainer.should_stop)

    def record(self, trainer, place, repeats=False):
        checkpoint = trainer._checkpoint_connector.dump_checkpoint(weights_only=False)
        saved = {key: value for key, value in checkpoint.items() if key not in ("state_dict", "optimizer_states")}
        self.records.append({
            "progress": {
                "place": place, "epoch": self.epoch, "epochs_ended": self.ended, "global_step": trainer.global_step,
                "batch_index": self.index, "total_batches": self.total, "batches_of_epoch": self.case["batches"],
                "last_batch": self.index + 1 == self.case["batches"], "validation_due": bool(self.due(trainer)),
                "validation_has_run": self.validated, "repeats_batch": repeats,
            },
            "saved": json.loads(json.dumps(saved)),
        })

    def on_train_epoch_start(self, trainer, module):
        self.epoch, self.index = self.ended, -1

    def on_train_batch_end(self, trainer, module, outputs, batch, index):
        self.index, self.total = index, self.total + 1
        if self.total == self.case.get("stop_at"):
            trainer.should_stop = True
        self.record(trainer, "BATCH_END")

    def on_validation_end(self, trainer, module):
        if not trainer.sanity_checking:
            self.validated = True
            self.record(trainer, "VALIDATION_END")

    def on_train_epoch_end(self, trainer, module):
        self.ended += 1
        self.record(trainer, "EPOCH_END")

    def on_train_end(self, trainer, module):
        self.record(trainer, "TRAIN_END")


class Batches:
    """Batches of one number; notifies when the next one is requested, after all work on the previous one."""

    def __init__(self, count, asked=lambda: None):
        self.count, self.asked = count, asked

    def __len__(self):
        return self.count

    def __iter__(self):
        for index in range(self.count):
            self.asked()
            yield torch.tensor([[float(index)]])


class Module(pl.LightningModule):
    def __init__(self, case, recorder):
        super().__init__()
        self.case, self.recorder, self.layer = case, recorder, torch.nn.Linear(1, 1)

    def training_step(self, batch, index):
        self.recorder.record(self.trainer, "BATCH_START", repeats=True)
        return self.layer(batch).square().mean()

    def validation_step(self, batch, index):
        self.log("val_loss", self.layer(batch).sum())

    def configure_optimizers(self):
        optimizer = torch.optim.SGD(self.parameters(), lr=1e-4)
        configs = [self.scheduler(optimizer, self.case[key]) for key in ("scheduler", "second_scheduler") if key in self.case]
        return [optimizer], configs

    def scheduler(self, optimizer, kind):
        lrs = torch.optim.lr_scheduler
        if kind == "plateau":
            return {"scheduler": lrs.ReduceLROnPlateau(optimizer), "monitor": "val_loss"}
        if kind == "sequential":
            parts = [lrs.LinearLR(optimizer, 0.5, total_iters=3), lrs.ExponentialLR(optimizer, 0.9)]
            return {"scheduler": lrs.SequentialLR(optimizer, parts, [3]), "interval": "step"}
        return {"scheduler": lrs.StepLR(optimizer, 2), "interval": kind}


class LastBatch(Checkpoint):
    """Saves after the last batch of the second epoch."""

    def on_train_batch_end(self, trainer, module, outputs, batch, index):
        if trainer.current_epoch == 1 and index == 5:
            trainer.save_checkpoint(RESUMED)


def run(case):
    case = {"batches": 6, "epochs": 3, "validation": True, **case}
    recorder = Recorder(case)
    torch.manual_seed(0)
    if case.get("resumed"):  # Lightning counts the first epoch as ended in this case, so the recorder must, too.
        first = pl.Trainer(max_epochs=2, callbacks=[LastBatch()], logger=False, enable_progress_bar=False, accelerator="cpu")
        first.fit(Module(case, Recorder(case)), Batches(6), Batches(2))
        recorder.epoch, recorder.ended, recorder.total, recorder.validated = 2, 2, 12, True
    trainer = pl.Trainer(
        max_epochs=case["epochs"], max_steps=case.get("max_steps", -1), accumulate_grad_batches=case.get("accumulate", 1),
        val_check_interval=case.get("val_check_interval", 1.0),
        check_val_every_n_epoch=case.get("check_val_every_n_epoch", 1), num_sanity_val_steps=case.get("sanity", 0),
        callbacks=[recorder], logger=False, enable_progress_bar=False, enable_model_summary=False, accelerator="cpu")
    module = Module(case, recorder)
    train = Batches(case["batches"], lambda: recorder.record(trainer, "BATCH_START"))
    ckpt = RESUMED if case.get("resumed") else None
    trainer.fit(module, train, Batches(2) if case["validation"] else None, ckpt_path=ckpt)
    return {"case": case, "records": recorder.records}


def main(target):
    warnings.filterwarnings("ignore")
    logging.getLogger("pytorch_lightning").setLevel(logging.ERROR)
    versions = {"torch": torch.__version__.split("+")[0], "lightning": pl.__version__}
    text = json.dumps({"versions": versions, "cases": [run(case) for case in CASES]})
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(gzip.compress(text.encode(), mtime=0))


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET)
