"""Every committed sweep of an experiment on abilities, small, through the real binary: all its arms,
a replicate each, on few rows and for a few steps, so that its settings fit its experiment, its
metrics are measured, and scripts/render_abilities.py makes its picture and its table of it.

usage: ability_sweeps_test.py SOURCE_FOLDER BUILD_FOLDER [unittest arguments]; needs h5py.
"""

import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import unittest
import xml.etree.ElementTree

import h5py

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import images_run_test  # noqa: E402
import names_run_test  # noqa: E402
from command_case import SOURCE, CommandCase, summary_of, table  # noqa: E402
from tiny_run import WORDS  # noqa: E402

NEEDED = re.compile(r'"[^"]*?\b([a-z]\w*)@(\d+)"')
# Of every experiment: few steps and rows, and small batches where the rows are few.
SMALL = {
    "steps": 4, "warmup_steps": 1, "every_steps": 2, "train_rows": 6000, "validation_rows": 200,
    "demonstrations": 100, "held_out_names": 20, "generate_rows_per_task": 8, "rows_per_task": 8,
    "prompts_per_task": 8, "windows": 4, "replicates": 1, "warmup_rollouts": 1,
}
# Of one: what its rows need to stay whole, and what takes long.
OWN = {
    # One block of facts: 143 of 3,575.
    "recall_rows": [("train_rows = 153200", "train_rows = 6128"), ("= 3575", "= 143")],
    "steps_rl": [("batch_size = 256", "batch_size = 16"), ("batch_size = 64", "batch_size = 8")],
    # Asked of 42 models, as many characters as a row has at a time.
    **{f"retrieval_{length}": [("validation_rows = 800", "validation_rows = 16")] for length in (256, 512)},
    "digit_strips": [("train_rows = 153600", "train_rows = 600")],
    "digit_strips_unmoved": [("train_rows = 153600", "train_rows = 600")],
    # 256 names and 8 values in place of 262,144 statements.
    **{f"facts_{draws}": [('targets = "all"', 'targets = "all"\nfirst_names = 16\nlast_names = 16\n'
                           'values = 8\nfacts = 200'), ("validation_rows = 3000", "validation_rows = 50")]
       for draws in (2000, 6000, 20000)},
}
OF_ROWS = {"train_rows", "validation_rows"}
KEPT_ROWS = {"facts_2000", "facts_6000", "facts_20000", "recall_rows", "digit_strips",
             "digit_strips_unmoved"}
# What arms set, by the same bounds.
SET = re.compile(r'"(training\.steps|value\.warmup_rollouts|contexts\.windows)=(\d+)"')


def newest(name):
    return max((SOURCE / "experiments" / name).glob("v*.toml"), key=lambda path: int(path.stem[1:]))


class AbilitySweeps(CommandCase):
    def setUp(self):
        super().setUp()
        self.experiments = self.place.folder / "experiments"
        self.environment = {}

    def small(self, name, text):
        """A definition that has little to do, without bounds."""
        text = text.split("[[acceptance]]")[0]
        for old, new in OWN.get(name, []):
            self.assertIn(old, text, name)
            text = text.replace(old, new)
        for key, most in SMALL.items():
            if not (key in OF_ROWS and name in KEPT_ROWS):
                text = re.sub(rf"(?m)^{key} = (\d+)",
                              lambda found, key=key, most=most:
                              f"{key} = {min(int(found[1]), most)}", text)
        return SET.sub(
            lambda found: f'"{found[1]}={min(int(found[2]), SMALL[found[1].split(".")[1]])}"', text)

    def copy(self, name, path):
        """A version of an experiment and, of what it needs, the versions that it names."""
        target = self.experiments / name / path.name
        if target.exists():
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        text = path.read_text(encoding="utf-8")
        target.write_text(self.small(name, text), encoding="utf-8")
        for needed, version in NEEDED.findall("\n".join(
                line.split("#")[0] for line in text.splitlines())):
            self.copy(needed, SOURCE / "experiments" / needed / f"v{version}.toml")

    def run_small(self, name):
        """Results of the newest version, with those of its data beside them in the store."""
        self.copy(name, newest(name))
        done = self.place.run("--experiments", self.experiments, "--lock")
        self.assertEqual(done.returncode, 0, done.stderr)
        return self.run_ok("--experiments", self.experiments, name, **self.environment)

    def check(self, name):
        results = self.run_small(name)
        with h5py.File(results) as file:
            arms = [arm.decode() for arm in table(file, "arms")["arm"]]
            metrics = [metric.decode() for metric in table(file, "metrics")["metric"]]
            summary = summary_of(file)
            self.assertEqual(file["notes"].attrs["children_run"], len(arms))
        # By the first metric the sweep is judged; every arm has it.
        for arm in arms:
            if metrics[0] != "exact_match/be":  # of one language alone it is exact_match
                self.assertIn(f"{metrics[0]}/{arm}", summary)
        for metric in metrics:
            self.assertTrue(any(path.startswith(f"{metric}/") for path in summary), metric)
        self.check_rendered(name, arms)

    def check_rendered(self, name, arms):
        root = self.place.folder / "project"
        (root / "docs").mkdir(parents=True)
        shutil.copy(SOURCE / "docs/abilities.md", root / "docs")
        done = subprocess.run([sys.executable, SOURCE / "scripts/render_abilities.py",
                               self.place.store / "runs"], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        for arm in arms:  # of several models together, without the model's name
            self.assertIn(f"\n| {arm.split(',')[0]}", done.stdout)
        done = subprocess.run([sys.executable, SOURCE / "scripts/render_abilities.py", "--write",
                               "--root", root, self.place.store / "runs"], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        picture = xml.etree.ElementTree.parse(root / f"docs/abilities/{name}.svg").getroot()
        marks = [item for item in picture.iter() if item.tag.endswith(("circle", "polyline"))]
        self.assertGreaterEqual(len(marks), 2)

    def test_icl_markov(self):
        self.check("icl_markov_arms")

    def test_icl_induction(self):
        self.check("icl_induction_arms")

    def test_emergence_addition(self):
        self.check("emergence_addition_arms")

    def test_steps_s5(self):
        self.check("steps_s5_arms")

    def test_steps_addition(self):
        self.check("steps_addition_arms")

    def test_steps_rl(self):
        self.check("steps_rl_arms")

    def test_instructions_unseen(self):
        self.check("instructions_unseen_arms")

    def write_names(self, *names):
        """Invented ones in the languages that these data sets have."""
        helper = names_run_test.Names()
        helper.place, helper.experiments = self.place, self.experiments
        languages = set()
        for name in names:
            fields = names_run_test.tomllib.loads(newest(name).read_text(encoding="utf-8"))["names"]
            languages |= {*fields["languages"], *fields.get("vocabulary_languages", [])}
        helper.write_source("iso_codes_names", names_run_test.records_of(sorted(languages), count=120))

    def test_languages_transfer(self):
        self.write_names("languages_be_uk", "languages_be_de")
        self.check("languages_transfer_arms")

    def test_languages_curse(self):
        self.write_names("languages_of_64")
        self.check("languages_curse_arms")

    def write_fortunes(self):
        """Other text in its place, in a package that stand-ins of apt-get and dpkg-deb give."""
        folder, name = self.place.folder / "archive", "usr/share/games/fortunes/computers"
        content = "".join(f"{WORDS[i % 7]} is {WORDS[i % 10]},\n" for i in range(3000)).encode()
        (folder / "content" / name).parent.mkdir(parents=True)
        (folder / "content" / name).write_bytes(content)
        for script, text in (("apt-get", "touch no-such-package_1.0_all.deb"), (
                "dpkg-deb", f'case "$1" in -x) cp -r {folder}/content/. "$3" ;; *) echo 1.0 ;; esac')):
            (folder / script).write_text(f"#!/bin/sh\n{text}\n")
            (folder / script).chmod(0o755)
        digest = hashlib.sha256(f"{name} {hashlib.sha256(content).hexdigest()}\n".encode()).hexdigest()
        declared = self.experiments / "data" / "fortunes.toml"
        declared.parent.mkdir(parents=True)
        text = (SOURCE / "experiments/data/fortunes.toml").read_text(encoding="utf-8")
        text = re.sub(r"(?s)files = \[.*?\]", f'files = ["{name}"]', text)
        declared.write_text(re.sub(r"(?m)^sha256 = .+$", f'sha256 = "{digest}"', text))
        self.environment = {"PATH": f"{folder}:{os.environ['PATH']}"}

    def test_length_rope_text(self):
        self.write_fortunes()
        self.check("length_rope_text_arms")

    def test_length_rope_keys(self):
        self.check("length_rope_keys_arms")

    def test_read_digits(self):
        helper = images_run_test.Images()
        path, digest = helper.write_archive(self.place.folder / "archive")
        declared = self.experiments / "data" / "digits.toml"
        declared.parent.mkdir(parents=True)
        text = (SOURCE / "experiments/data/digits.toml").read_text(encoding="utf-8")
        declared.write_text(re.sub(r"(?m)^sha256 = .+$", f'sha256 = "{digest}"', text))
        self.environment = {"PATH": path}
        self.check("read_digits_arms")

    def test_facts_bound(self):
        self.check("facts_bound_arms")

    def test_facts_refusal(self):
        self.check("facts_refusal_arms")

    def test_all_sweeps_are_here(self):
        """A new one gets a test of its own."""
        names = {path.name for path in (SOURCE / "experiments").glob("*_arms")}
        tested = {f"{name.removeprefix('test_')}_arms" for name in dir(self)
                  if name.startswith("test_") and name != "test_all_sweeps_are_here"}
        self.assertEqual(names, tested)


if __name__ == "__main__":
    unittest.main()
