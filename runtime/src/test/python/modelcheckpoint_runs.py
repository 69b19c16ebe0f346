"""Training runs with PyTorch Lightning's ModelCheckpoint, recorded for replay by ModelCheckpointConformanceTest.

A case is a dictionary with "runs", successive fits in one folder. Each run has the inputs "callbacks" (non-default parameters;
"class_attrs" are overridden class attributes, "reuse" names a callback of an earlier run), "trainer", "metrics", and optionally
"ckpt_path", "exception", "seconds_per_batch". The recording adds "expected", the state afterwards, and "trace", every hook call
of every callback with what it saw and did.
"""

import contextlib
import datetime
import math
import os
import pathlib
import tempfile
import types

import pytorch_lightning as pl
import torch
from pytorch_lightning.callbacks import ModelCheckpoint, model_checkpoint
from torch.utils.data import DataLoader

EXCEPTION = "user exception"
OWN_SETTINGS = {"steps_per_epoch", "val_batches", "has_validation", "reuse_trainer"}
DATA_OF_LIGHTNING = 64


class Clock:
    """A clock that advances only in training steps."""

    def __init__(self):
        self.now = 0.0

    def monotonic(self):
        return self.now


def plain(value):
    """A number in a form that JSON can represent."""
    value = value.item() if isinstance(value, torch.Tensor) else value
    if isinstance(value, float) and math.isnan(value):
        return "NaN"
    if isinstance(value, float) and math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return value


def relative(path):
    """A path relative to the folder of the case, which is the working directory."""
    return os.path.relpath(path, os.getcwd()) if path else ""


class Module(pl.LightningModule):
    """A linear model that logs the metrics of a run and throws at its position."""

    def __init__(self, run, clock):
        super().__init__()
        self.layer = torch.nn.Linear(1, 1)
        self.metrics, self.thrown = run["metrics"], run.get("exception", {})
        self.clock, self.seconds = clock, run.get("seconds_per_batch", 0)
        self.batches = self.validations = 0

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), lr=0.01)

    def log_all(self, scope, index):
        for name, series in self.metrics.get(scope, {}).items():
            if index < len(series) and series[index] is not None:
                self.log(name, torch.tensor(float(series[index]), dtype=torch.float32))

    def reach(self, hook, batch=None):
        here = {"hook": hook, "epoch": self.current_epoch, "global_step": self.global_step, "batch": batch}
        if self.thrown and all(here[name] == value for name, value in self.thrown.items()):
            raise RuntimeError(EXCEPTION)

    def training_step(self, batch, index):
        self.reach("training_step", index)
        self.clock.now += self.seconds
        self.log_all("train_step", self.batches)
        self.batches += 1
        return self.layer(batch).sum()

    def on_train_epoch_end(self):
        self.log_all("train_epoch_end", self.current_epoch)
        self.reach("on_train_epoch_end")

    def on_validation_start(self):
        self.reach("sanity_check" if self.trainer.sanity_checking else "on_validation_start")

    def on_validation_epoch_end(self):
        self.log_all("val_by_epoch", self.current_epoch)
        if not self.trainer.sanity_checking:
            self.log_all("val", self.validations)
            self.validations += 1
        self.reach("on_validation_epoch_end")

    def on_fit_start(self):
        self.reach("on_fit_start")

    def on_train_start(self):
        self.reach("on_train_start")

    def on_train_epoch_start(self):
        self.reach("on_train_epoch_start")

    def on_train_batch_start(self, batch, index):
        self.reach("on_train_batch_start", index)

    def on_train_batch_end(self, outputs, batch, index):
        self.reach("on_train_batch_end", index)

    def on_train_end(self):
        self.reach("on_train_end")

    def on_fit_end(self):
        self.reach("on_fit_end")

    def on_validation_end(self):
        self.reach("on_validation_end")


class ValidatedModule(Module):
    def validation_step(self, batch, index):
        self.reach("validation_step", index)


class Recorded:
    """Records what a callback sees and does; mixed into a class called ModelCheckpoint, because the class name is part of its state."""

    def note(self, trainer, hook, **seen):
        event = {"cb": self.tag, "hook": hook, "epoch": trainer.current_epoch, "global_step": trainer.global_step}
        metrics = trainer.callback_metrics
        if metrics:
            event["metrics"] = {name: plain(metrics[name]) for name in sorted(metrics)}
        if trainer.sanity_checking:
            event["sanity_checking"] = True
        event.update(seen)
        if hook in ("on_train_batch_end", "on_validation_end", "on_train_epoch_end"):
            event["save_on_train_epoch_end_resolved"] = self._should_save_on_train_epoch_end(trainer)
        event["actions"] = []
        self.trace.append(event)

    def act(self, *action):
        self.trace[-1]["actions"].append(list(action))

    def on_train_start(self, trainer, module):
        self.note(trainer, "on_train_start")
        super().on_train_start(trainer, module)

    def on_train_batch_end(self, trainer, module, *batch):
        last = trainer.fit_loop.epoch_loop.batch_progress.is_last_batch
        self.note(trainer, "on_train_batch_end", is_last_batch=last)
        super().on_train_batch_end(trainer, module, *batch)

    def on_train_epoch_end(self, trainer, module):
        self.note(trainer, "on_train_epoch_end")
        super().on_train_epoch_end(trainer, module)

    def on_validation_end(self, trainer, module):
        self.note(trainer, "on_validation_end")
        super().on_validation_end(trainer, module)

    def on_train_end(self, trainer, module):
        self.note(trainer, "on_train_end")
        super().on_train_end(trainer, module)

    def on_exception(self, trainer, module, exception):
        self.note(trainer, "on_exception")
        super().on_exception(trainer, module, exception)

    def _save_checkpoint(self, trainer, path):
        self.act("save", relative(path))
        super()._save_checkpoint(trainer, path)

    def _link_checkpoint(self, trainer, path, link):
        self.act("link", relative(link), relative(path))
        ModelCheckpoint._link_checkpoint(trainer, path, link)

    def _remove_checkpoint(self, trainer, path):
        self.act("remove", relative(path))
        super()._remove_checkpoint(trainer, path)


def constructed(config, kind=(ModelCheckpoint,)):
    """Creates a callback with the parameters of a case."""
    parameters = {name: value for name, value in config.items() if name not in ("tag", "reuse", "class_attrs")}
    if parameters.get("train_time_interval") is not None:
        parameters["train_time_interval"] = datetime.timedelta(seconds=parameters["train_time_interval"])
    return type("ModelCheckpoint", kind, dict(config.get("class_attrs", {})))(**parameters)


class Case:
    """The state shared by successive runs of a case."""

    def __init__(self):
        self.callbacks, self.trainer, self.validates = {}, None, True

    def record(self, run):
        clock, trace = Clock(), []
        callbacks = self.callbacks_of(run["callbacks"], trace)
        settings = run["trainer"]
        if settings.get("reuse_trainer"):
            self.trainer.fit_loop.max_epochs = settings["max_epochs"]
        else:
            self.build(settings, callbacks)
        module = (ValidatedModule if self.validates else Module)(run, clock)
        validation = DataLoader(torch.ones(self.val_batches, 1)) if self.validates and self.val_batches else None
        error = None
        with seen_clock(clock):
            try:
                self.trainer.fit(module, DataLoader(torch.ones(self.steps, 1)), validation, ckpt_path=run.get("ckpt_path"))
            except Exception as thrown:
                recorded = type(thrown).__name__
                error = f"{recorded}({thrown})" if str(thrown) == EXCEPTION else f"{recorded}: {thrown}"
        run["expected"] = self.found(callbacks, trace, error)
        if run.get("ckpt_path") in ("last", "best") and self.trainer.ckpt_path:
            run["expected"]["resolved_ckpt_path"] = relative(self.trainer.ckpt_path)
        run["trace_complete"] = True
        run["trace"] = trace

    def callbacks_of(self, configs, trace):
        callbacks = {}
        for config in configs:
            tag = config.get("tag", f"mc{len(callbacks)}")
            callback = self.callbacks[config["reuse"]] if "reuse" in config else constructed(
                config, (Recorded, ModelCheckpoint))
            callback.tag, callback.trace = tag, trace
            callbacks[tag] = callback
        self.callbacks.update(callbacks)
        return callbacks

    def build(self, settings, callbacks):
        self.steps = settings.get("steps_per_epoch") or DATA_OF_LIGHTNING
        self.val_batches = settings.get("val_batches", DATA_OF_LIGHTNING)
        self.validates = settings.get("has_validation", True)
        options = {name: value for name, value in settings.items() if name not in OWN_SETTINGS}
        if not self.val_batches:
            options["limit_val_batches"] = 0
        self.trainer = pl.Trainer(
            callbacks=list(callbacks.values()), default_root_dir=os.getcwd(), logger=False, accelerator="cpu",
            enable_progress_bar=False, enable_model_summary=False, **options)

    @staticmethod
    def found(callbacks, trace, error):
        root = pathlib.Path(".")
        files = sorted(str(file) for file in root.rglob("*") if file.is_symlink() or file.is_file())
        done = [action for event in trace for action in event["actions"]]
        return {
            "files": files,
            "file_info": {file: content(file) for file in files},
            "error": error,
            "callbacks": {tag: state_of(callback) for tag, callback in callbacks.items()},
            "save_order": [action[1] for action in done if action[0] == "save"],
            "remove_order": [action[1] for action in done if action[0] == "remove"],
        }


def content(file):
    if os.path.islink(file):
        return {"link_to": os.readlink(file)}
    checkpoint = torch.load(file, weights_only=False)
    return {"epoch": checkpoint["epoch"], "global_step": checkpoint["global_step"]}


def state_of(callback):
    return {
        "best_model_path": relative(callback.best_model_path),
        "best_model_score": plain(callback.best_model_score),
        "kth_best_model_path": relative(callback.kth_best_model_path),
        "kth_value": plain(callback.kth_value),
        "current_score": plain(callback.current_score),
        "last_model_path": relative(callback.last_model_path),
        "best_k_models": {relative(path): plain(score) for path, score in callback.best_k_models.items()},
        "dirpath": relative(callback.dirpath),
    }


@contextlib.contextmanager
def seen_clock(clock):
    """Makes ModelCheckpoint use a given clock."""
    real = model_checkpoint.time
    model_checkpoint.time = types.SimpleNamespace(monotonic=clock.monotonic)
    try:
        yield
    finally:
        model_checkpoint.time = real


@contextlib.contextmanager
def empty_folder():
    """An empty folder as the working directory."""
    before = os.getcwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(os.path.realpath(folder))
        try:
            yield
        finally:
            os.chdir(before)


def record(case):
    """Runs a case and adds the results to it."""
    with empty_folder():
        state = Case()
        for run in case["runs"]:
            state.record(run)
    return complete(case)


def complete(case):
    """Adds the results of the last run to the whole case."""
    last = case["runs"][-1]
    first_state = next(iter(last["expected"]["callbacks"].values()))
    configs = last["callbacks"]
    case.update({
        "config": configs[0] if len(configs) == 1 else configs,
        "epochs": last["epochs"],
        "steps_per_epoch": last["steps_per_epoch"],
        "metrics": last["metrics"],
        "expected_files": last["expected"]["files"],
        "expected_best_model_path": first_state["best_model_path"],
        "expected_last_model_path": first_state["last_model_path"],
    })
    return case
