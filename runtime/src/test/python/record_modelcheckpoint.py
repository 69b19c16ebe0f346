"""Records new cases of PyTorch Lightning's ModelCheckpoint, in the format that ModelCheckpointConformanceTest replays.

Needs pytorch-lightning 2.6.6. Run in this directory:

    python3 record_modelcheckpoint.py FOLDER SEED [RUNS]   writes FOLDER/runs.json and others, generated from the seed
    python3 record_modelcheckpoint.py check FOLDER         records the runs of FOLDER again and prints differences

Then replay them with -Drivulet.conformance=FOLDER.
"""

import copy
import json
import logging
import math
import pathlib
import random
import sys
import types
import warnings

import modelcheckpoint_runs as runs
import torch
from pytorch_lightning.utilities.exceptions import MisconfigurationException

BATCH_HOOKS = ["training_step", "on_train_batch_start", "on_train_batch_end"]
OTHER_HOOKS = [
    "on_train_epoch_start", "on_train_epoch_end", "on_validation_start", "validation_step", "on_validation_epoch_end",
    "on_validation_end", "on_train_start", "on_train_end", "on_fit_start", "on_fit_end", "sanity_check"]
FILENAMES = [
    "{epoch}", "{step}", "m", "{epoch}-{step}", "{epoch:02d}", "a/{epoch}-{step}", "{step:04d}_{epoch}", "{epoch}{step}",
    "x{epoch:+d}", "best", "e={epoch}.s={step}", "{step:>4}", "{step:x}"]
FILENAMES_OF_METRIC = [
    "{%s:.2f}", "{epoch}-{%s:.1f}", "{%s}", "{%s:.3e}-{step}", "{step}-{%s:g}", "l{%s:06.2f}e{epoch}", "{%s:.0f}",
    "{%s:+.1f}-{epoch}", "{%s:.1%%}", "{%s:8.2f}"]
LAST_NAMES = ["last-{epoch}", "final", "last-{step}", "{epoch}-last", "last_{v:.1f}", "latest"]


class Draw(random.Random):
    def maybe(self, probability):
        return self.random() < probability

    def value(self):
        """A metric; ties are frequent, missing and extreme values are rare."""
        kind = self.random()
        if kind < 0.04:
            return None
        if kind < 0.09:
            return "NaN"
        if kind < 0.12:
            return self.choice(["Infinity", "-Infinity"])
        if kind < 0.55:
            return self.choice([0.5, 1.0, 1.5, 2.0, 0.25, -1.0, 3.0, 0.0])
        if kind < 0.6:
            return self.choice([1e-8, 1e10, 123456.789, -0.0, 0.1, 7])
        return round(self.uniform(-2, 4), self.choice([1, 2, 5]))

    def series(self, length):
        falling = self.maybe(0.15)
        return [round(3 - 0.1 * i, 2) if falling else self.value() for i in range(length)]

    # --- runs ---

    def trainer(self):
        steps = self.choice([1, 1, 2, 2, 3, 4, 5, 7])
        settings = {"max_epochs": self.choice([1, 2, 2, 3, 3, 4, 5]), "steps_per_epoch": steps}
        settings["val_batches"] = self.choice([0, 1, 1, 1, 1, 2, 3])
        if self.maybe(0.08):
            settings["has_validation"] = False
            del settings["val_batches"]
        if self.maybe(0.35):
            settings["num_sanity_val_steps"] = self.choice([0, 0, 0, 1, 4, -1])
        if self.maybe(0.3):
            settings["val_check_interval"] = self.choice(
                [0.5, 0.25, 0.34, 1.0, 0.99, 0.7, 1, 2, 3, steps])
            interval = settings["val_check_interval"]
            if isinstance(interval, int) and interval > steps or isinstance(interval, float) and steps * interval < 1:
                settings["val_check_interval"] = 1
        if self.maybe(0.2):
            settings["check_val_every_n_epoch"] = self.choice([1, 2, 2, 3])
        if self.maybe(0.15):
            settings["accumulate_grad_batches"] = self.choice([2, 3, 4])
        if self.maybe(0.1):
            settings["max_steps"] = self.randint(1, 9)
            if self.maybe(0.5):
                del settings["max_epochs"]
        if self.maybe(0.05):
            settings["limit_train_batches"] = self.randint(1, 3)
            if isinstance(settings.get("val_check_interval"), (int, float)):
                del settings["val_check_interval"]
        if self.maybe(0.05):
            settings["limit_val_batches"] = self.choice([0, 1, 2])
            if settings.get("val_batches") == 0:
                del settings["limit_val_batches"]
        if self.maybe(0.05):
            settings["fast_dev_run"] = self.choice([True, 1, 2, 3, False])
        return settings

    def metrics(self, settings, extra_epochs=0):
        epochs = settings.get("max_epochs", 5) + extra_epochs
        steps = settings["steps_per_epoch"]
        scope = self.choice(["val", "val", "val_by_epoch", "val_by_epoch", "train_step", "train_step", "train_epoch_end"])
        length = {"val": epochs * steps, "val_by_epoch": epochs, "train_step": epochs * steps, "train_epoch_end": epochs}
        metrics = {scope: {"v": self.series(length[scope])}}
        if self.maybe(0.3):
            other = self.choice([name for name in length if name != scope])
            metrics[other] = {"val/loss": self.series(length[other])}
            if self.maybe(0.3):
                metrics[other]["acc"] = self.series(length[other])
        if self.maybe(0.03):
            metrics.setdefault("train_step", {})[self.choice(["epoch", "step"])] = self.series(length["train_step"])
            metrics["train_step"] = {
                name: [7.5 if value is None or isinstance(value, str) else value for value in series]
                if name in ("epoch", "step") else series for name, series in metrics["train_step"].items()}
        return metrics

    def callback(self, metrics, names):
        config = {"dirpath": "d"} if self.maybe(0.8) else {}
        if self.maybe(0.07):
            config["dirpath"] = self.choice(["e", "d/e", "first", None])
        monitor = None
        if self.maybe(0.68):
            monitor = self.choice(names * 5 + ["epoch", "step"] + (["nope"] if self.maybe(0.2) else []))
            config["monitor"] = monitor
            if self.maybe(0.5):
                config["mode"] = self.choice(["min", "max", "max"])
        k = self.choice([-1, 0, 1, 1, 2, 2, 3, 5] if monitor else [-1, -1, 0, 1, 1])
        if k != 1 or self.maybe(0.4):
            config["save_top_k"] = k
        if self.maybe(0.75):
            config["filename"] = self.choice(FILENAMES)
            if monitor and self.maybe(0.5):
                config["filename"] = self.choice(FILENAMES_OF_METRIC) % monitor
        if self.maybe(0.55):
            config["save_last"] = self.choice([True, True, "link", "link", False])
        trigger = self.random()
        if trigger < 0.3:
            config["every_n_train_steps"] = self.choice([1, 1, 2, 3, 4])
        elif trigger < 0.4:
            config["train_time_interval"] = self.choice([0, 1, 5, 10, 2.5])
        elif trigger < 0.6:
            config["every_n_epochs"] = self.choice([0, 1, 2, 2, 3])
        if trigger < 0.4 and self.maybe(0.2):
            config["every_n_epochs"] = 0
        if self.maybe(0.4):
            config["save_on_train_epoch_end"] = self.choice([True, False, False, None])
        if self.maybe(0.12):
            config["save_weights_only"] = True
        if self.maybe(0.12):
            config["auto_insert_metric_name"] = False
        if self.maybe(0.15):
            config["enable_version_counter"] = False
        if self.maybe(0.15):
            attributes = {
                "CHECKPOINT_JOIN_CHAR": self.choice(["_", ".", "+"]), "CHECKPOINT_EQUALS_CHAR": self.choice(["_", ":", ""]),
                "CHECKPOINT_NAME_LAST": self.choice(LAST_NAMES), "FILE_EXTENSION": self.choice([".pt", ".tpkc"]),
                "STARTING_VERSION": self.choice([0, 2, 9])}
            chosen = self.sample(sorted(attributes), self.choice([1, 1, 2]))
            config["class_attrs"] = {name: attributes[name] for name in chosen}
        return config

    def exception(self, settings):
        if self.maybe(0.6):
            thrown = {"hook": self.choice(BATCH_HOOKS)}
            if self.maybe(0.9):
                thrown["batch"] = self.randrange(settings["steps_per_epoch"])
            if self.maybe(0.9):
                thrown["epoch"] = self.randrange(settings.get("max_epochs", 2))
            return thrown
        thrown = {"hook": self.choice(OTHER_HOOKS)}
        if self.maybe(0.6) and "fit" not in thrown["hook"] and "train_end" not in thrown["hook"]:
            thrown[self.choice(["epoch", "global_step"])] = self.randrange(3)
        return thrown

    def run(self, length=1):
        settings = self.trainer()
        metrics = self.metrics(settings, 4)
        names = [name for series in metrics.values() for name in series if name not in ("epoch", "step")]
        callbacks = [self.callback(metrics, names)]
        while self.maybe(0.16) and len(callbacks) < 4:
            other = self.callback(metrics, names)
            state = [self.state_key(callback) for callback in callbacks]
            if self.state_key(other) in state:
                continue
            extensions = [callback.get("class_attrs", {}).get("FILE_EXTENSION") for callback in callbacks + [other]]
            if len(set(extensions)) > 1:
                continue
            if self.maybe(0.6):
                other["dirpath"] = f"d{len(callbacks)}"
            if self.maybe(0.4):
                other["filename"] = f"c{len(callbacks)}-{{step}}"
            callbacks.append(other)
        if len(callbacks) > 1 and self.maybe(0.5):
            for i, callback in enumerate(callbacks):
                callback["tag"] = "abcd"[i]
        run = {"callbacks": callbacks, "trainer": settings, "metrics": metrics}
        if any("train_time_interval" in callback for callback in callbacks):
            run["seconds_per_batch"] = self.choice([1, 2, 3, 0.5, 7])
        if self.maybe(0.2):
            run["exception"] = self.exception(settings)
            for callback in callbacks:
                if self.maybe(0.8):
                    callback["save_on_exception"] = True
        elif self.maybe(0.1):
            callbacks[0]["save_on_exception"] = True
        return run

    @staticmethod
    def state_key(config):
        return runs.constructed(config).state_key

    def following(self, run):
        """A run that follows a recorded one."""
        after = copy.deepcopy({
            name: run[name] for name in ("callbacks", "trainer", "metrics", "seconds_per_batch") if name in run})
        settings = after["trainer"]
        if "max_epochs" in settings:
            settings["max_epochs"] += self.choice([0, 1, 1, 2, 3])
        if "max_steps" in settings and self.maybe(0.8):
            settings["max_steps"] += self.randint(1, 5)
        if self.maybe(0.15):
            after["metrics"] = self.metrics(run["trainer"], 6)
            if set(name for s in after["metrics"].values() for name in s) != set(
                    name for s in run["metrics"].values() for name in s):
                after["metrics"] = copy.deepcopy(run["metrics"])
        if self.maybe(0.12):
            after["callbacks"][0]["dirpath"] = "new"
        kind = self.random()
        extension = after["callbacks"][0].get("class_attrs", {}).get("FILE_EXTENSION", ".ckpt")
        files = [file for file in run["expected"]["files"] if file.endswith(extension)]
        if kind < 0.5 and files:
            after["ckpt_path"] = self.choice(files)
        elif kind < 0.7:
            after["ckpt_path"] = "last"
        elif kind < 0.8:
            after["callbacks"] = [
                {"reuse": callback.get("tag", f"mc{i}"), "tag": callback.get("tag", f"mc{i}")}
                for i, callback in enumerate(run["callbacks"])]
            if self.maybe(0.4):
                after["trainer"] = {
                    "max_epochs": run["trainer"].get("max_epochs", 3) + self.choice([1, 2]), "reuse_trainer": True}
            elif self.maybe(0.5) and run["expected"]["callbacks"] and not run["expected"]["error"]:
                first = next(iter(run["expected"]["callbacks"].values()))
                if first["best_model_path"] and "monitor" in run["callbacks"][0]:
                    after["ckpt_path"] = "best"
        if self.maybe(0.08) and not settings.get("reuse_trainer"):
            after["exception"] = self.exception(run["trainer"])
        return after

    def case(self, number):
        """Generates and records a case with runs."""
        case = {
            "id": f"random-{number}", "kind": "run", "origin": "derived", "source": "random", "notes": "",
            "asserted_by_source_test": None, "runs": []}
        with runs.empty_folder():
            state = runs.Case()
            run = self.run()
            length = self.choice([1, 1, 1, 2, 2, 3])
            for _ in range(length):
                run["epochs"] = run["trainer"].get("max_epochs")
                run["steps_per_epoch"] = run["trainer"].get("steps_per_epoch")
                state.record(run)
                case["runs"].append(run)
                if any("reuse" in callback for callback in run["callbacks"]):
                    break
                run = self.following(run)
        runs.complete(case)
        return case

    # --- names of files ---

    def spec(self):
        parts = [
            self.choice(["", "", "", "<", ">", "^", "=", "*<", "x^", "0=", "_>", "é<", "->"]),
            self.choice(["", "", "", "+", "-", " "]), "z" if self.maybe(0.04) else "", "#" if self.maybe(0.1) else "",
            "0" if self.maybe(0.25) else "", str(self.randint(1, 14)) if self.maybe(0.4) else "",
            self.choice(["", "", "", "", ",", "_"]), f".{self.randint(0, 9)}" if self.maybe(0.5) else "",
            self.choice(list("deEfFgGn%xXobs") + ["", "f", "f", "d", "d", "e", "g"])]
        return "".join(parts)

    def number(self):
        return self.choice([
            self.randint(-5, 2000), self.randint(0, 12), 0, 1, -1, 1234567, 0.0, -0.0, 0.5, 1.5, 2.5, 0.03, 0.1, 1e-5, 1e16, 1e22,
            123456.0, 1234567.891, -0.004, 0.99999, 9.995, 1e-10, 3.14159, "NaN", "Infinity", "-Infinity", 1e300, 5e-324,
            round(self.uniform(-10, 10), self.randint(0, 6)), self.uniform(-1e6, 1e6), self.uniform(0, 1)])

    def template(self):
        names = ["epoch", "step", "v", "w", "val/loss", "val_loss", "a.b", "ab", "a", "nope", "metric@0.5", "train loss"]
        text = ""
        for i in range(self.choice([1, 1, 2, 2, 3, 4])):
            text += self.choice(["", "-", "_", ",", "=", "x", "/", " ", "@", ".", "(", "e", "é", "100%"]) if i else self.choice(
                ["", "", "", "m-", "a/", "best_", "$"])
            kind = self.random()
            if kind < 0.35:
                text += "{" + self.choice(names) + "}"
            elif kind < 0.93:
                text += "{" + self.choice(names) + ":" + self.spec() + "}"
            elif kind < 0.96:
                text += "{" + self.choice(names) + "!" + self.choice("rsa") + "}"
            else:
                text += self.choice(["{}", "{{", "}}", "{", "}", "{{v}}", "{v:{w}}", "{v", "{:}", "{v:}", "{v[0]}", "{0}", "{v:d"])
        return text

    def format(self, number):
        attributes = {}
        if self.maybe(0.2):
            attributes["CHECKPOINT_JOIN_CHAR"] = self.choice(["@", "_", "--", " "])
        if self.maybe(0.15):
            attributes["CHECKPOINT_EQUALS_CHAR"] = self.choice([":", "", "_", "~"])
        if self.maybe(0.1):
            attributes["FILE_EXTENSION"] = self.choice([".pt", ".any"])
        config = {
            "filename": self.choice([self.template()] * 20 + ["", None]), "auto_insert_metric_name": self.maybe(0.7),
            "class_attrs": attributes}
        names = self.sample(["v", "w", "val/loss", "val_loss", "a.b", "ab", "a", "metric@0.5", "train loss"], self.randint(3, 9))
        single = self.maybe(0.4)
        metrics = {"epoch": self.randint(0, 120), "step": self.randint(0, 12345)} if self.maybe(0.9) else {}
        metrics.update({name: self.number() for name in names})
        if single:
            metrics = {name: round(value, 8) if isinstance(value, float) and abs(value) < 1e30 and abs(value) > 1e-30 else
                       0.25 if isinstance(value, float) else value for name, value in metrics.items()}
        case = {
            "id": f"random-format-{number}", "kind": "format", "source": "random", "origin": "derived", "config": config,
            "metrics": metrics, "metric_type": "float32 scalar" if single else "plain number (double)",
            "prefix": self.choice([None] * 5 + ["test", "a-b"]), "ver": self.choice([None] * 5 + [0, 1, 3, 12])}
        return record_format(case)

    # --- parameters ---

    def init(self, number):
        config = {}
        for name, chance, values in [
                ("monitor", 0.5, ["v", "val/loss"]), ("mode", 0.4, ["min", "max", "unknown", "", "auto", "MIN"]),
                ("save_top_k", 0.6, [-3, -2, -1, 0, 1, 2, 3, 5, 100]), ("every_n_train_steps", 0.35, [-1, 0, 1, 5, None]),
                ("every_n_epochs", 0.35, [-2, 0, 1, 3, None]), ("train_time_interval", 0.25, [0, 1, 60, 3600.5, None]),
                ("save_last", 0.3, [True, False, "link", None]), ("save_on_train_epoch_end", 0.2, [True, False, None]),
                ("filename", 0.2, ["{epoch}", "m", "", None]), ("dirpath", 0.1, ["d"]), ("save_weights_only", 0.1, [True, False]),
                ("enable_version_counter", 0.1, [True, False]), ("save_on_exception", 0.1, [True, False]),
                ("verbose", 0.1, [True])]:
            if self.maybe(chance):
                config[name] = self.choice(values)
        return record_init({
            "id": f"random-init-{number}", "kind": "init", "source": "random", "origin": "derived", "config": config})


def values(metrics, single):
    numbers = {name: float(value) if isinstance(value, str) else value for name, value in metrics.items()}
    return {name: torch.tensor(value) for name, value in numbers.items()} if single else numbers


def record_format(case):
    callback = runs.constructed(case["config"])
    case.update(expected=None, expected_error=None, notes="")
    try:
        case["expected"] = callback.format_checkpoint_name(
            values(case["metrics"], "float32" in case["metric_type"]), ver=case["ver"], prefix=case["prefix"])
    except (ValueError, KeyError, IndexError, AttributeError, TypeError, OverflowError) as error:
        case["expected_error"] = f"{type(error).__name__}: {error}"
    return case


def record_init(case):
    try:
        callback = runs.constructed(case["config"])
        case["expected"] = {
            "ok": True, "every_n_epochs": callback._every_n_epochs, "every_n_train_steps": callback._every_n_train_steps,
            "kth_value": runs.plain(callback.kth_value)}
    except MisconfigurationException as error:
        case["expected"] = {"ok": False, "error": type(error).__name__, "message": str(error)}
    case["notes"] = ""
    return case


def resolutions():
    number = 0
    for setting in (None, True, False):
        for interval in (1.0, 0.5, 0.25, 1, 2, 10):
            for every in (1, 2, None, 5):
                for batches in ([0], [1], [2, 3], [0, 0], [0, 1], 0, 4, []):
                    for timed in (False, True):
                        number += 1
                        trainer = {
                            "val_check_interval": interval, "check_val_every_n_epoch": every, "num_val_batches": batches,
                            "time_based_validation": timed}
                        config = {"save_on_train_epoch_end": setting}
                        fake = types.SimpleNamespace(**trainer, _val_check_time_interval=60 if timed else None)
                        yield {
                            "id": f"resolution-{number}", "kind": "save_on_train_epoch_end", "source": "all combinations",
                            "origin": "derived", "config": config, "trainer": trainer,
                            "expected": runs.constructed(config)._should_save_on_train_epoch_end(fake)}


def check(folder):
    recorded = json.loads((folder / "runs.json").read_text())
    for case in recorded:
        again = copy.deepcopy(case)
        for run in again["runs"]:
            del run["expected"], run["trace"]
        if runs.record(again) != case:
            print(case["id"], "differs")
    print(len(recorded), "runs")


def write(folder, seed, count):
    draw = Draw(seed)
    files = {"runs": [], "filenames": [], "validation": [], "save_on_train_epoch_end": list(resolutions())}
    while len(files["runs"]) < count:
        files["runs"].append(draw.case(len(files["runs"])))
    files["filenames"] = [draw.format(number) for number in range(count)]
    files["validation"] = [draw.init(number) for number in range(count // 2)]
    folder.mkdir(parents=True, exist_ok=True)
    for name, cases in files.items():
        (folder / f"{name}.json").write_text(json.dumps(cases, indent=1))
        print(f"{len(cases)} cases in {name}.json, seed {seed}")


def main(first, second, count=600):
    warnings.filterwarnings("ignore")
    for name in ("pytorch_lightning", "lightning_fabric", "lightning"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    if first == "check":
        check(pathlib.Path(second))
    else:
        write(pathlib.Path(first), int(second), int(count))


if __name__ == "__main__":
    main(*sys.argv[1:])
