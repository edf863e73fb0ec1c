"""Sweeps of the experiments on abilities and the runs of their children, read from results files."""
import collections
import json
import pathlib
import re

import h5py


MODEL = "model.artifact"  # the axis of a sweep that reads several models


def text(value):
    return value.decode() if isinstance(value, bytes) else str(value)


def definition(file):
    """An attribute, or a dataset where it is long."""
    group = file["definition"]
    return json.loads(text(group.attrs["json"] if "json" in group.attrs else group["json"][()]))


def table(file, name):
    """Columns by name; none where there is no such table."""
    group = file.get(f"tables/{name}")
    return {} if group is None else {column: group[column][:] for column in group}


def series(file, name):
    """(step, value) of a series of the whole."""
    dataset = file.get(name)
    if not isinstance(dataset, h5py.Dataset):
        return []
    steps = dataset.dims[0]["step"][:]
    return list(zip(steps.tolist(), dataset[:].tolist()))


def by_path(group):
    """A label stands behind a colon, and its parts behind an escaped slash."""
    return {name.replace(":", "/").replace("%2F", "/"): value[()] for name, value in group.items()}


def name_of(file):
    return f"{text(file.attrs['experiment'])}@{file.attrs.get('version')}"


class Child:
    """A run of a sweep."""

    def __init__(self, path):
        self.path = path
        with h5py.File(path) as file:
            self.experiment = text(file.attrs["experiment"])
            self.dataset = definition(file).get("data", {}).get("dataset")
            self.summary = by_path(file["summary"])

    def table(self, name):
        with h5py.File(self.path) as file:
            return table(file, name)

    def evaluations(self, metric):
        """(step, value) of every evaluation."""
        with h5py.File(self.path) as file:
            return series(file, f"evals/{metric}")


class Arm:
    """A point of a sweep: `of_arm` is the arm in the definition, `axes` its settings by their keys."""

    def __init__(self, name, role, of_arm, axes):
        self.name, self.role, self.of_arm = name, role, of_arm or name
        self.axes = dict(setting.split("=", 1) for setting in axes.split("; ") if setting)


def arms_of(file):
    columns = {name: [text(value) for value in values]
               for name, values in table(file, "arms").items()}
    nothing = [""] * len(columns["arm"])  # older files do not have the last two
    return [Arm(*row) for row in zip(columns["arm"], columns["role"],
                                     columns.get("of_arm", nothing), columns.get("axes", nothing))]


class Sweep:
    def __init__(self, file):
        self.name = name_of(file)
        self.ad_hoc = bool(file.attrs["ad_hoc"])
        self.arms = arms_of(file)
        self.metrics = [text(metric) for metric in table(file, "metrics")["metric"]]
        self.values = {path: values.tolist() for path, values in by_path(file["samples"]).items()}
        self.bands = {}  # by METRIC/ARM: the interval of the mean
        bands = table(file, "bands")
        for metric, arm, low, high in zip(*(bands.get(column, []) for column in
                                            ("metric", "arm", "low", "high"))):
            self.bands[f"{text(metric)}/{text(arm)}"] = float(low), float(high)
        self.provenance = dict(file["provenance"].attrs) if "provenance" in file else {}
        # Where every child was run by this very sweep, its time is that of the whole.
        found = file["notes"].attrs.get("children_found", 1) if "notes" in file else 1
        self.seconds = None if found else by_path(file["summary"]).get("wall_time")
        self.children = collections.defaultdict(list)  # by arm, in the order of replicates
        rows = table(file, "children")
        for arm, path in zip(rows.get("arm", []), rows.get("results", [])):
            path = pathlib.Path(text(path))
            self.children[text(arm)].append(Child(path) if path.exists() else None)
        self.merge_models()

    def merge_models(self):
        """Arms that differ in the model alone, which an axis gives, are replicates of one arm: reading
        a model draws nothing, so that it is the models that have seeds. Intervals are left out: the
        file has none of them together."""
        if not any(MODEL in arm.axes for arm in self.arms):
            return
        members = collections.defaultdict(list)
        for arm in self.arms:
            axes = {key: value for key, value in arm.axes.items() if key != MODEL}
            members[arm.of_arm, tuple(axes.items())].append(arm)
        old_values, old_children = self.values, self.children
        self.arms, self.values, self.bands = [], {}, {}
        self.children = collections.defaultdict(list)
        for (of_arm, axes), arms in members.items():
            name = ",".join([of_arm, *(f"{key.rsplit('.', 1)[-1]}={value}" for key, value in axes)])
            merged = Arm(name, arms[0].role, of_arm, "; ".join(f"{key}={value}" for key, value in axes))
            self.arms.append(merged)
            self.children[name] = [child for arm in arms for child in old_children[arm.name]]
            for metric in self.metrics:
                found = [old_values.get(f"{metric}/{arm.name}", []) for arm in arms]
                if all(found):
                    self.values[f"{metric}/{name}"] = sum(found, [])

    @property
    def experiment(self):
        """Whose runs the children are; of a sweep without any that are still there, by its name."""
        found = {child.experiment for child in self.found_children()}
        return found.pop() if len(found) == 1 else re.sub(r"(_arms)?@.*", "", self.name)

    @property
    def replicates(self):
        return max((len(children) for children in self.children.values()), default=0)

    def found_children(self):
        return [child for children in self.children.values() for child in children
                if child is not None]

    def of(self, metric, arm):
        """The replicates' values, of the sweep or else of the children's files."""
        path = f"{metric}/{arm.name}"
        if path in self.values:
            return self.values[path]
        return [float(child.summary[metric]) for child in self.children[arm.name]
                if child is not None and metric in child.summary]


def files(arguments):
    for argument in map(pathlib.Path, arguments):
        yield from sorted(argument.rglob("*.h5")) if argument.is_dir() else [argument]


def read(paths, complain):
    """The complete sweeps, and the summaries of data sets, by NAME@N, as their definitions make
    them. `complain` is called with a line for each sweep that is left out."""
    sweeps, datasets = [], {}
    for path in paths:
        with h5py.File(path) as file:
            stage, status = text(file.attrs["stage"]), text(file.attrs["status"])
            if stage == "sweep":
                if status == "complete":
                    sweeps.append(Sweep(file))
                else:
                    complain(f"{path}: left out, {status}")
            elif stage in ("generated", "images", "names") and status == "complete" and not file.attrs["ad_hoc"]:
                datasets[name_of(file)] = by_path(file["summary"])
    return sweeps, datasets
