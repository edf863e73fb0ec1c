"""Every committed sweep has its place in docs/abilities.md and its README, and scripts/
render_abilities.py fills it: with invented results of all its arms and metrics, the picture has a dot
for every replicate that it shows and the table every arm. Which files are written, and which are not.

usage: ability_pictures_test.py SOURCE_FOLDER BUILD_FOLDER [unittest arguments]; needs h5py.
"""

import itertools
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
import unittest
import xml.etree.ElementTree

import h5py
import numpy

SOURCE = pathlib.Path(sys.argv[1])
SCRIPTS = SOURCE / "scripts"
SVG = "{http://www.w3.org/2000/svg}"
TEXT = h5py.string_dtype()
PARAMETERS = {"8": 5000, "16": 12000, "32": 30000, "64": 100000, "128": 350000}


def newest_sweeps():
    """Name -> definition."""
    found = {}
    for folder in sorted((SOURCE / "experiments").glob("*_arms")):
        path = max(folder.glob("v*.toml"), key=lambda path: int(path.stem[1:]))
        found[folder.name] = tomllib.loads(path.read_text(encoding="utf-8"))
    return found


def points_of(sweep):
    """(name of the point, its arm, settings of its axes) as bench-run names them."""
    axes = sweep.get("axes", [])
    for arm in sweep["arms"]:
        for values in itertools.product(*(axis["values"] for axis in axes)):
            keys = [axis["key"] for axis in axes]
            name = ",".join([arm["name"], *(
                f"{key.rsplit('.', 1)[-1]}={re.sub('[^A-Za-z0-9.+-]', '_', value)}"
                for key, value in zip(keys, values))])
            yield name, arm, "; ".join(f"{key}={value}" for key, value in zip(keys, values))


def write_table(file, name, columns):
    for column, values in columns.items():
        kind = TEXT if isinstance(values[0], str) else None
        file.create_dataset(f"tables/{name}/{column}", data=values, dtype=kind)


def by_file_name(path):
    """METRIC/LABEL/... as the summary has it."""
    return path.replace("/", ":", 1).replace("/", "%2F")


def dataset_of(sweep, arm):
    settings = dict(setting.split("=", 1) for setting in arm.get("set", []))
    return settings.get("data.dataset", f"{sweep['experiment'].split('@')[0]}_rows@1")


class Invented:
    """A results file of a sweep, files of its children and of its data, in `folder`."""

    def __init__(self, folder, name, definition, **attributes):
        self.sweep, self.name = definition["sweep"], name
        self.points = list(points_of(self.sweep))
        self.folder = folder
        self.count = 0
        self.children = []
        self.samples = {}
        self.experiment = self.sweep["experiment"].split("@")[0]
        for (point, arm, axes), replicate in itertools.product(self.points,
                                                               range(self.sweep["replicates"])):
            self.write_child(point, arm, axes, replicate)
        self.write_datasets()
        self.write_sweep(**attributes)

    def new_file(self, experiment, version, stage, **attributes):
        self.count += 1
        path = self.folder / f"{self.name}{self.count}.h5"
        file = h5py.File(path, "w")
        file.attrs.update({"status": "complete", "experiment": experiment, "version": version,
                           "stage": stage, "ad_hoc": False, **attributes})
        return file, path

    def value(self, metric, axes, replicate):
        """Different for every metric, arm and replicate, and in the range of a share."""
        if metric == "parameters":
            return PARAMETERS.get(axes.rsplit("=", 1)[-1], 1000) + 0.0
        return 0.2 + (37 * self.count + 11 * replicate + len(metric)) % 61 / 100

    def write_child(self, point, arm, axes, replicate):
        file, path = self.new_file(self.experiment, 1, "clm")
        metrics = {*self.sweep["metrics"], "answer_accuracy/steps_to_4", "answer_accuracy/steps_to_8",
                   "answer_accuracy/steps_to_16", "coverage",
                   *(f"coverage/exposures_{n}" for n in (0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024))}
        with file:
            file.create_group("definition").attrs["json"] = json.dumps(
                {"data": {"dataset": dataset_of(self.sweep, arm)}})
            for metric in metrics:
                value = self.value(metric, axes, replicate)
                file[f"summary/{by_file_name(metric)}"] = value
                if metric in self.sweep["metrics"]:
                    self.samples.setdefault(f"{metric}/{point}", []).append(value)
            self.write_evaluations(file)
            write_table(file, "positions", {"group": ["rows"] * 3, "position": [0, 1, 2],
                                            "targets": [10] * 3, "accuracy": [0.9, 0.8, 1.0]})
            write_table(file, "coverage", {"percent": [50, 100], "precision": [0.9, 0.6]})
        self.children.append((point, path))

    def write_evaluations(self, file):
        group = file.create_group("evals")
        scale = group.create_dataset("step", data=numpy.array([0, 10, 20]))
        scale.make_scale("step")
        for metric in ("excess_loss", "token_accuracy", "final_answer", "hallucination_rate",
                       "hallucination_bound"):
            group.create_dataset(metric, data=numpy.array([0.9, 0.5, 0.1 + self.count / 100]))
            group[metric].dims[0].attach_scale(scale)

    def write_datasets(self):
        for dataset in {dataset_of(self.sweep, arm) for _, arm, _ in self.points}:
            name, version = dataset.split("@")
            file, _ = self.new_file(name, int(version), "generated")
            with file:
                for metric, value in (("predictor_loss/unigram", 1.8), ("predictor_loss/bayes", 1.2),
                                      ("predictor_accuracy/nearest_neighbour_moved", 0.96),
                                      ("predictor_exact_match/nearest_neighbour_moved", 0.86),
                                      ("exact_match/copy_en", 0.01),
                                      ("exact_match/copy_nearest", 0.31)):
                    file[f"summary/{by_file_name(metric)}"] = value

    def write_sweep(self, start="2026-11-30T12:00:00Z", **attributes):
        file, self.path = self.new_file(self.name, 1, "sweep", **attributes)
        with file:
            names = [name for name, _, _ in self.points]
            write_table(file, "arms", {
                "arm": names, "role": [arm.get("role", "treatment") for _, arm, _ in self.points],
                "of_arm": [arm["name"] for _, arm, _ in self.points],
                "axes": [axes for _, _, axes in self.points]})
            write_table(file, "metrics", {"metric": self.sweep["metrics"]})
            for path, values in self.samples.items():
                file[f"samples/{by_file_name(path)}"] = numpy.array(values)
            metric = self.sweep["metrics"][0]
            write_table(file, "bands", {"metric": [metric] * len(names), "arm": names,
                                        "low": [0.1] * len(names), "high": [0.9] * len(names)})
            write_table(file, "children", {"arm": [arm for arm, _ in self.children],
                                           "results": [str(path) for _, path in self.children]})
            file.create_group("provenance").attrs.update({
                "source_commit": "0123456789abcdef", "source_dirty": False, "cpu_model": "A processor",
                "start_time_utc": start})


class Pictures(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="bench-test-")
        self.addCleanup(temporary.cleanup)
        self.root = pathlib.Path(temporary.name) / "project"
        self.results = pathlib.Path(temporary.name) / "results"
        self.results.mkdir()
        (self.root / "docs").mkdir(parents=True)
        shutil.copy(SOURCE / "docs/abilities.md", self.root / "docs")
        for name in newest_sweeps():
            (self.root / "experiments" / name).mkdir(parents=True)
            shutil.copy(SOURCE / "experiments" / name / "README.md", self.root / "experiments" / name)

    def write(self, expected_code=0):
        done = subprocess.run([sys.executable, SCRIPTS / "render_abilities.py", "--write", "--root",
                               self.root, self.results], capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, expected_code, done.stdout + done.stderr)
        return done.stderr

    def picture(self, name):
        return xml.etree.ElementTree.parse(self.root / "docs/abilities" / f"{name}.svg").getroot()

    def block(self, path, name):
        """What stands in the place of a sweep."""
        found = re.findall(rf"<!-- {name}: scripts/render_abilities.py writes this -->\n(.*?)"
                           rf"<!-- end of {name} -->\n", path.read_text(encoding="utf-8"), re.DOTALL)
        self.assertEqual(len(found), 1, f"{path}: {name}")
        return found[0]

    def test_every_committed_sweep_has_one_place_in_the_page_and_one_in_its_readme(self):
        self.assertGreater(len(newest_sweeps()), 12)
        for name in newest_sweeps():
            with self.subTest(sweep=name):
                for path in (SOURCE / "docs/abilities.md", SOURCE / "experiments" / name / "README.md"):
                    block = self.block(path, name)
                    # Either nothing was measured or the picture is there.
                    for picture in re.findall(r"!\[[^]]*\]\(([^)]+)\)", block) or [None]:
                        if picture is None:
                            self.assertIn("Not measured yet", block)
                        else:
                            self.assertTrue((path.parent / picture).exists(), picture)

    def test_every_committed_sweep_is_drawn_and_tabled(self):
        for name, definition in newest_sweeps().items():
            with self.subTest(sweep=name):
                shutil.rmtree(self.results)
                self.results.mkdir()
                invented = Invented(self.results, name, definition)
                self.write()
                self.check_picture(name, definition)
                for path in (self.root / "docs/abilities.md",
                             self.root / "experiments" / name / "README.md"):
                    self.check_block(self.block(path, name), invented)

    def check_picture(self, name, definition):
        root = self.picture(name)
        frames = [rect for rect in root.iter(f"{SVG}rect") if rect.get("fill") == "none"]
        self.assertGreaterEqual(len(frames), 1)
        marks = len(list(root.iter(f"{SVG}circle"))) + len(list(root.iter(f"{SVG}polyline")))
        self.assertGreaterEqual(marks, 2 * definition["sweep"]["replicates"])
        width, height = map(float, root.get("viewBox").split()[2:])
        for circle in root.iter(f"{SVG}circle"):
            self.assertTrue(0 < float(circle.get("cx")) < width)
            self.assertTrue(0 < float(circle.get("cy")) < height)
        self.assertTrue(root.find(f"{SVG}desc").text)

    def check_block(self, block, invented):
        self.assertIn(f"{invented.name}.svg)", block)
        self.assertNotIn("Not measured yet", block)
        for arm in invented.sweep["arms"]:
            self.assertIn(f"| {arm['name']} |", block)
        metric, first = invented.sweep["metrics"][0], invented.points[0][0]
        # Models that an axis gives are replicates.
        values = [value for point, _, _ in invented.points
                  if re.sub(",artifact=.*", "", point) == re.sub(",artifact=.*", "", first)
                  for value in invented.samples[f"{metric}/{point}"]]
        self.assertIn(f"{numpy.mean(values):.3f} ({min(values):.4g} to {max(values):.4g})", block)
        self.assertIn("commit 0123456789ab, A processor.", block)

    def invent(self, name, **attributes):
        return Invented(self.results, name, newest_sweeps()[name], **attributes)

    def test_every_replicate_is_a_dot_with_the_interval_of_the_mean(self):
        self.invent("languages_transfer_arms")
        self.write()
        root = self.picture("languages_transfer_arms")
        # Two panels of four arms with three replicates each.
        self.assertEqual(len(list(root.iter(f"{SVG}circle"))), 2 * 4 * 3)
        text = " ".join(root.itertext())
        for said in ("copying English", "copying uk", "uk_unseen, control", "alone, baseline"):
            self.assertIn(said, text)

    def test_children_that_are_gone_leave_the_sweeps_own_figures(self):
        invented = self.invent("steps_s5_arms")
        for _, path in invented.children:
            path.unlink()
        self.write()
        # The sweep itself has two of the five groups.
        self.assertEqual(len(list(self.picture("steps_s5_arms").iter(f"{SVG}circle"))), 2 * 4 * 3)

    def test_what_is_written_again_takes_the_place_of_what_was(self):
        self.invent("icl_markov_arms", start="2026-11-01T00:00:00Z")
        self.write()
        before = (self.root / "docs/abilities.md").read_text(encoding="utf-8")
        self.write()
        self.assertEqual((self.root / "docs/abilities.md").read_text(encoding="utf-8"), before)
        # Of two of a name the later one, in whichever order their files are found.
        folder = self.results / "0later"
        folder.mkdir()
        later = Invented(folder, "icl_markov_arms", newest_sweeps()["icl_markov_arms"],
                         start="2026-11-02T00:00:00Z")
        with h5py.File(later.path, "a") as file:
            file["samples/excess_loss:late%2Ftwo_layers"][:] = [0.5, 0.75, 1.0]
        self.write()
        block = self.block(self.root / "docs/abilities.md", "icl_markov_arms")
        self.assertIn("| 0.750 (0.5 to 1) |", block)

    def test_ad_hoc_sweeps_and_unknown_names_are_left_out_and_named(self):
        self.invent("icl_markov_arms", ad_hoc=True)
        said = self.write(3)
        self.assertIn("icl_markov_arms@1: left out, ad hoc", said)
        self.assertFalse((self.root / "docs/abilities/icl_markov_arms.svg").exists())
        Invented(self.results, "mine_arms", newest_sweeps()["icl_markov_arms"])
        self.assertIn("mine_arms@1: left out, no document has a place for it", self.write(3))
        self.assertFalse((self.root / "docs/abilities/mine_arms.svg").exists())


if __name__ == "__main__":
    del sys.argv[1:3]
    unittest.main()
