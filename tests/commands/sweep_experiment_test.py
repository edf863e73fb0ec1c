"""Stage "sweep" through the real binary: children, what stands for them, kills, bounds, and what is
recorded of them.

usage: sweep_experiment_test.py SOURCE_FOLDER BUILD_FOLDER [unittest arguments]; needs h5py.
"""

import json
import pathlib
import shutil
import signal
import sys
import tempfile
import unittest
import xml.etree.ElementTree

import h5py
import numpy

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from command_case import ExperimentsCase, summary_of, table  # noqa: E402
from generated_run_test import ROWS  # noqa: E402
from rank_processes import wait_for  # noqa: E402
from tiny_run import deterministic_content, symbols_clm  # noqa: E402

SWEEP = """\
stage = "sweep"
title = "Two arms of a second each"

[sweep]
experiment = "trained@1"
replicates = 2
metrics = ["loss", "answer_accuracy", "exact_match/steps_to_2"]

[[sweep.arms]]
name = "small"

[[sweep.arms]]
name = "wide"
role = "control"
set = ["model.hidden_size=24"]
"""


def texts(column):
    return [value.decode() for value in column]


class SweepExperiment(ExperimentsCase):
    """The children of one sweep are in the store that all tests share; those that a test makes itself are other
    replicates or other arms."""

    DEFINITIONS = {
        "rows": ROWS.format(threads=1, grammar="s5"),
        "trained": symbols_clm(run={"checkpoint_every_steps": None}, model={"max_positions": 256},
                               training={"steps": 6, "max_tokens": 128}, evaluation={"every_steps": None}),
        "inner": SWEEP,
    }
    first = None  # results of the sweep whose children these are

    def setUp(self):
        super().setUp()
        self.runs = self.place.store / "runs" / "trained@1"
        self.sweep = self.write("sweep.toml", SWEEP)
        if self.first is None:
            results = self.run_named(self.sweep)
            self.assertEqual(self.counts(results), (4, 0))
            type(self).first = results

    def write(self, name, text):
        path = self.place.folder / name
        path.write_text(text)
        return path

    def replicate_alone(self, old="", new=""):
        """A sweep of one replicate: the one that the command line names."""
        return self.write("alone.toml", SWEEP.replace("replicates = 2", "replicates = 1").replace(old, new))

    def temporary_folder(self):
        folder = tempfile.TemporaryDirectory(prefix="bench-test-")
        self.addCleanup(folder.cleanup)
        return pathlib.Path(folder.name)

    def copy_of_the_store(self, *without):
        """For a test that takes something away."""
        copy = self.temporary_folder() / "store"
        shutil.copytree(self.place.store, copy, ignore=shutil.ignore_patterns(*without))
        return copy

    def children(self, results):
        """(arm, replicate) -> results file."""
        with h5py.File(results) as file:
            rows = table(file, "children")
            return {(arm, int(replicate)): pathlib.Path(path) for arm, replicate, path in zip(
                texts(rows["arm"]), rows["replicate"], texts(rows["results"]))}

    def counts(self, results):
        with h5py.File(results) as file:
            return int(file["notes"].attrs["children_run"]), int(file["notes"].attrs["children_found"])

    def deterministic(self, results):
        with h5py.File(results) as file:
            return {name: value[()] for name, value in file["summary"].items()
                    if value.attrs["deterministic"]}

    def test_children_are_the_runs_that_set_makes_and_their_figures_are_put_together(self):
        results = self.first
        children = self.children(results)
        self.assertEqual(sorted(children), [("small", 0), ("small", 1), ("wide", 0), ("wide", 1)])
        alone = self.run_named("trained", "--set", "model.hidden_size=24", "--replicate", 1)
        self.assertEqual(deterministic_content(children["wide", 1]), deterministic_content(alone))
        with h5py.File(results) as file:
            summary = summary_of(file)
            for metric in ("loss", "answer_accuracy", "exact_match/steps_to_2"):
                for arm in ("small", "wide"):
                    values = []
                    for replicate in (0, 1):
                        with h5py.File(children[arm, replicate]) as child:
                            values.append(summary_of(child)[metric])
                    self.assertAlmostEqual(summary[f"{metric}/{arm}"], numpy.mean(values), places=12)
                    name = metric.replace("/", ":") + ("%2F" if "/" in metric else ":") + arm
                    self.assertEqual(file[f"samples/{name}"][:].tolist(), values)
                    self.assertEqual(file[f"samples/{name}"].attrs["label"], "/".join(
                        metric.split("/")[1:] + [arm]))
            differences = table(file, "differences")
            self.assertEqual(set(texts(differences["than"])), {"wide"})
            counts = table(file, "counts")
            self.assertIn("answer_accuracy", texts(counts["metric"]))
            self.assertTrue((counts["successes"] <= counts["trials"]).all())
        figure = xml.etree.ElementTree.parse(results.parent / "figure.svg").getroot()
        self.assertEqual(figure.tag, "{http://www.w3.org/2000/svg}svg")
        self.assertIn("wide, control", "".join(figure.itertext()))

    def test_complete_runs_of_the_store_stand_for_children(self):
        again = self.run_named(self.sweep)
        self.assertNotEqual(self.first, again)
        self.assertEqual(self.counts(again), (0, 4))
        self.assertEqual(self.deterministic(self.first), self.deterministic(again))
        self.assertEqual(self.children(self.first), self.children(again))
        # Another sweep with an arm of the same settings, under another name, and one of its own.
        other = SWEEP.replace('"wide"', '"broad"').replace("replicates = 2", "replicates = 1").replace(
            'name = "small"\n', 'name = "fast"\nset = ["optimizer.learning_rate=2e-2"]\n')
        self.assertEqual(self.counts(self.run_named(self.write("other.toml", other))), (1, 1))
        # One program has the same content as itself.
        own = self.write("own.toml", SWEEP.replace("replicates = 2", 'replicates = 1\nreuse = "program"'))
        self.assertEqual(self.counts(self.run_named(own)), (2, 0))
        self.assertEqual(self.counts(self.run_named(own)), (0, 2))

    def test_a_second_replicate_of_a_sweep_has_children_of_its_own(self):
        # The width of the first arm, spelt out: the arms have the same children.
        same = self.write("same.toml", SWEEP.replace("hidden_size=24", "hidden_size=16"))
        results = self.run_named(same, "--replicate", 1)
        self.assertEqual(self.counts(results), (2, 0))
        children = self.children(results)
        self.assertEqual(sorted(children), [("small", 2), ("small", 3), ("wide", 2), ("wide", 3)])
        self.assertFalse(set(children.values()) & set(self.children(self.first).values()))

    def test_killed_it_keeps_what_is_complete_and_makes_the_rest(self):
        store = self.copy_of_the_store("trained@1")
        one = SWEEP.replace("replicates = 2", "replicates = 2\nat_once = 1")
        definition = self.write("one.toml", one)
        out = self.place.folder / "killed"
        process = self.place.start("--experiments", self.experiments, definition, "--out", out, BENCH_STORE=str(store))
        complete = wait_for(lambda: sorted(store.glob("runs/trained@1/*/*/results.h5")), process, pause_s=0.01)
        process.kill()
        process.communicate(timeout=60)
        self.assertTrue(complete)
        before = {path: path.stat().st_mtime_ns for path in complete}
        again = (definition, "--out", out, "--resume")
        results = self.run_named(*again, BENCH_STORE=str(store))
        self.assertEqual({path: path.stat().st_mtime_ns for path in before}, before)
        run, found = self.counts(results)
        self.assertEqual(run + found, 4)
        self.assertGreaterEqual(found, len(before))
        self.assertEqual(self.deterministic(results), self.deterministic(self.first))
        # Complete, it has nothing to do.
        self.assertEqual(self.run_named(*again, BENCH_STORE=str(store)), results)

    def test_a_stop_signal_ends_children_and_sweep_resumable(self):
        long = self.write("long.toml", SWEEP + """\
[[sweep.axes]]
key = "training.steps"
values = ["100000"]
""")
        out = self.place.folder / "stopped"
        before = set(self.runs.glob("*/*/run.journal"))
        process = self.place.start("--experiments", self.experiments, long, "--out", out)
        self.assertTrue(wait_for(lambda: set(self.runs.glob("*/*/run.journal")) - before, process, pause_s=0.01))
        process.send_signal(signal.SIGTERM)
        _, stderr = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 128 + signal.SIGTERM, stderr)
        with h5py.File(out / "results.h5") as file:
            self.assertEqual(file.attrs["status"], "interrupted")

    def test_bounds_on_differences_and_chance_decide_the_exit_code(self):
        text = SWEEP + """\
[[acceptance]]
difference = {{metric = "loss", arm = "{arm}", than = "{than}", min = 0}}
[[acceptance]]
metric = "loss/small"
max = 100
"""
        with h5py.File(self.first) as file:
            differences = (file["samples/loss:small"][:] - file["samples/loss:wide"][:]).tolist()
        self.assertNotIn(0, differences)
        codes = {}
        for arm, than, sign in (("small", "wide", 1), ("wide", "small", -1)):
            definition = self.write(f"{arm}.toml", text.format(arm=arm, than=than))
            done = self.named(definition)
            codes[arm] = done.returncode
            met = min(sign * difference for difference in differences) >= 0
            self.assertEqual(done.returncode, 0 if met else 1, done.stderr + done.stdout)
            self.assertEqual("NOT ACCEPTED: loss/" in done.stdout, not met)
            with h5py.File(done.stdout.splitlines()[-1]) as file:
                self.assertEqual(file.attrs["status"], "complete")
        self.assertIn(1, codes.values())
        chance = self.write("chance.toml", SWEEP + """\
[[acceptance]]
chance = {metric = "loss", arm = "wide", value = 1000, standard_errors = 0}
""")
        done = self.named(chance)  # a loss below 1000 is better than it
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("must not be better than 1000", done.stdout)
        # Ad hoc it has no bounds.
        self.assertEqual(self.named(chance, "--set", "sweep.replicates=1").returncode, 0)

    def test_settings_that_do_not_fit_are_said_before_anything_runs(self):
        wrong = self.write("wrong.toml", SWEEP.replace("hidden_size=24", "hiden_size=24"))
        store = self.temporary_folder()
        self.assert_fails(self.named(wrong, BENCH_STORE=str(store)), 2, "arm wide", "hidden_size")
        self.assertFalse((store / "runs" / "trained@1").exists())
        nested = self.write("nested.toml", SWEEP.replace("trained@1", "inner@1").replace(
            "model.hidden_size=24", "sweep.replicates=1"))
        self.assert_fails(self.named(nested), 2, "is a sweep itself")

    def test_a_metric_that_no_child_measured_is_an_error_at_the_end(self):
        unknown = self.replicate_alone("answer_accuracy", "answer_acuracy")
        self.assert_fails(self.named(unknown, "--replicate", 20), 2, 'no child measured "answer_acuracy"')
        self.assertEqual(len(list(self.runs.glob("*/r20/results.h5"))), 2)

    def test_a_child_that_loses_its_folder_to_another_process_is_put_back(self):
        """Two sweeps of the same children at once: whoever comes second to a folder waits."""
        both = [self.place.start("--experiments", self.experiments, self.replicate_alone(), "--replicate", 30,
                                 "--out", self.place.folder / name) for name in ("one", "two")]
        for process in both:
            stdout, stderr = process.communicate(timeout=120)
            self.assertEqual(process.returncode, 0, stdout + stderr)
        run, found = numpy.sum([self.counts(self.place.folder / name / "results.h5")
                                for name in ("one", "two")], axis=0)
        self.assertEqual((run + found, self.children(self.place.folder / "one" / "results.h5")),
                         (4, self.children(self.place.folder / "two" / "results.h5")))
        self.assertEqual(len(list(self.runs.glob("*/r30/results.h5"))), 2)

    def test_times_of_a_child_that_was_resumed_are_left_out(self):
        store = self.copy_of_the_store()
        folder = store / self.children(self.first)["small", 0].parent.relative_to(self.place.store)
        shutil.rmtree(folder)
        self.run_named("trained", "--replicate", 0, "--out", folder, "--resume", "--stop-after-step", 3,
                       BENCH_STORE=str(store))
        timed = self.write("timed.toml", SWEEP.replace('"answer_accuracy"', '"train_time"'))
        with h5py.File(self.run_named(timed, BENCH_STORE=str(store))) as file:
            values = table(file, "values")
            measured = set(zip(texts(values["arm"]), values["replicate"].tolist(), texts(values["metric"])))
            self.assertGreaterEqual(int(file["notes"].attrs["children_without_times"]), 1)
            self.assertNotIn("train_time/small", summary_of(file))
            self.assertEqual(int(file["notes"].attrs["children_run"]), 1)
        self.assertIn(("small", 0, "loss"), measured)
        self.assertNotIn(("small", 0, "train_time"), measured)

    def test_children_say_which_program_made_them(self):
        with h5py.File(self.first) as file:
            own = file["provenance"].attrs["program_sha256"]
            programs = texts(table(file, "children")["program_sha256"])
            axes = table(file, "arms")
            self.assertEqual(texts(axes["of_arm"]), ["small", "wide"])
        self.assertEqual(programs, [own] * 4)

    def test_a_child_that_fails_fails_the_sweep_behind_the_others(self):
        long_rows = self.write("failing.toml", SWEEP.replace("model.hidden_size=24",
                                                             "training.max_tokens=16"))
        done = self.named(long_rows, "--replicate", 2, "--out", self.place.folder / "failed")
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn("2 of 4 children failed; the first: wide r", done.stderr)
        log = self.place.folder / "failed" / "children" / "wide-r4.log"
        self.assertIn("tokens", log.read_text())
        of_small = self.children(self.first)["small", 0].parent.parent
        self.assertEqual({path.parent.name for path in of_small.glob("r[45]/results.h5")}, {"r4", "r5"})

    def test_a_child_that_diverges_makes_the_sweep_diverge(self):
        wild = self.replicate_alone("model.hidden_size=24", 'optimizer.learning_rate=100", '
                                    '"optimizer.weight_decay=1", "training.steps=40')
        done = self.named(wild)
        self.assertEqual(done.returncode, 1, done.stderr)
        with h5py.File(done.stdout.splitlines()[-1]) as file:
            self.assertEqual(file.attrs["status"], "diverged")

    def test_fits_are_recorded_with_the_point_that_is_held_out(self):
        """Arms of x steps and a hidden size of 128 / x have c0 + c1 / x + c2 / x^2 parameters: through three of them
        whose x double goes exactly one power law, with an exponent between 1 and 2."""
        sizes = SWEEP.split("[[sweep.arms]]")[0].replace(
            '"loss", "answer_accuracy", "exact_match/steps_to_2"', '"parameters", "optimizer_steps"').replace(
                "replicates = 2", "replicates = 1")
        for steps in (2, 4, 8, 16):
            sizes += f"""\
[[sweep.arms]]
name = "s{steps}"
set = ["model.hidden_size={128 // steps}", "training.steps={steps}"]
"""
        sizes += """\
[[sweep.fits]]
kind = "power_law"
x = "optimizer_steps"
y = "parameters"
held_out = "largest"
"""
        results = self.run_named(self.write("sizes.toml", sizes))
        with h5py.File(results) as file:
            self.assertNotIn("fit_0", file["notes"].attrs)
            fits = table(file, "fits")
            values = dict(zip(texts(fits["quantity"]), fits["value"]))
            summary = summary_of(file)
            self.assertTrue(1 < values["exponent"] < 2, values)
            self.assertEqual(values["held_out_x"], 16)
            self.assertEqual(values["measured"], summary["parameters/s16"])

            def law(steps):
                return values["limit"] + values["scale"] * steps ** -values["exponent"]

            for steps in (2, 4, 8):  # three points, three parameters
                measured = summary[f"parameters/s{steps}"]
                self.assertAlmostEqual(law(steps) / measured, 1, places=6)
            self.assertAlmostEqual(values["predicted"], law(16), places=6)
            self.assertNotAlmostEqual(values["predicted"], values["measured"], places=3)

    def test_what_would_be_run_is_said_and_nothing_is(self):
        store = self.temporary_folder()
        done = self.named(self.sweep, "--dry-run", BENCH_STORE=str(store))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("rows@1: time not measured here", done.stdout)
        self.assertIn("2 arms of 2 replicates of trained@1", done.stdout)
        self.assertIn("  wide: the store has 0 of 2", done.stdout)
        self.assertEqual(list(store.rglob("results.h5")), [])
        done = self.named(self.sweep, "--dry-run")
        self.assertIn("needs nothing first", done.stdout)
        self.assertIn("  wide: the store has all 2", done.stdout)
        plan = self.named(self.sweep, "--plan", "--json")
        self.assertEqual(plan.returncode, 0, plan.stderr)
        self.assertEqual(len(json.loads(plan.stdout)), 2)
        plan = self.named(self.sweep, "--plan")
        self.assertIn("arm wide", plan.stdout)

    def test_sweeps_are_shown_and_compared(self):
        shown = self.place.run("--show", self.first)
        self.assertEqual(shown.returncode, 0, shown.stderr)
        self.assertIn("arms (mean, its 95% interval, replicates)", shown.stdout)
        self.assertRegex(shown.stdout, r"\n +wide +control +\d")
        page = self.place.folder / "page.html"
        self.assertEqual(self.place.run("--show", self.first, f"--html={page}").returncode, 0)
        self.assertIn("Arms</h2>", page.read_text())
        again = self.run_named(self.sweep)
        compared = self.place.run(self.first, again, program="bench-compare")
        self.assertEqual(compared.returncode, 0, compared.stderr + compared.stdout)
        self.assertIn("loss/wide", compared.stdout)
        self.assertIn("4 of the 4 children", compared.stdout)


if __name__ == "__main__":
    unittest.main()
