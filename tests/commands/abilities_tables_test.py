"""The tables of scripts/render_abilities.py, of invented results files of sweeps and their children:
figures worked out by hand.

usage: abilities_tables_test.py SOURCE_FOLDER BUILD_FOLDER [unittest arguments]; needs h5py.
"""

import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

import h5py
import numpy

SOURCE = pathlib.Path(sys.argv[1])
SCRIPT = SOURCE / "scripts" / "render_abilities.py"
TEXT = h5py.string_dtype()


def write_table(file, name, columns):
    for column, values in columns.items():
        kind = TEXT if isinstance(values[0], str) else None
        file.create_dataset(f"tables/{name}/{column}", data=values, dtype=kind)


def write_series(file, name, steps, values):
    """As FORMAT.md has it: a dataset with its scale."""
    group = file.require_group("evals")
    group.create_dataset(name, data=numpy.array(values, dtype="f8"))
    scale = group.create_dataset("step", data=numpy.array(steps, dtype="i8"))
    scale.make_scale("step")
    group[name].dims[0].attach_scale(scale)


def addition_positions(accuracies, group="digits_3", rows=100):
    count = len(accuracies)
    return {"group": [group] * count, "position": list(range(count)), "targets": [rows] * count,
            "accuracy": accuracies}


class Tables(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="bench-test-")
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        self.children = self.folder / "children"
        self.children.mkdir()
        self.count = 0

    def write(self, folder, experiment, stage, **attributes):
        path = folder / f"{self.count}.h5"
        self.count += 1
        file = h5py.File(path, "w")
        file.attrs.update({"status": "complete", "experiment": experiment, "version": 1,
                           "stage": stage, "ad_hoc": False, **attributes})
        return file, path

    def child(self, experiment, dataset="rows@1", positions=None, excess=(), coverage=None,
              precisions=None):
        file, path = self.write(self.children, experiment, "clm")
        with file:
            file.create_group("definition").attrs["json"] = json.dumps(
                {"stage": "clm", "data": {"dataset": dataset}})
            file.create_group("summary")
            if coverage is not None:
                file["summary/coverage"] = float(coverage)
            if precisions:
                write_table(file, "coverage", precisions)
            if positions:
                write_table(file, "positions", positions)
            if excess:
                write_series(file, "excess_loss", *zip(*excess))
        return path

    def sweep(self, arms, metrics, values, children, **attributes):
        """`arms`: (name, role); `values` by metric and arm; `children` by arm, files."""
        file, _ = self.write(self.folder, "question_arms", "sweep", **attributes)
        with file:
            write_table(file, "arms", {"arm": [arm for arm, _ in arms],
                                       "role": [role for _, role in arms]})
            write_table(file, "metrics", {"metric": metrics})
            for (metric, arm), of_arm in values.items():
                link = f"{metric}/{arm}".replace("/", "%2F").replace("%2F", ":", 1)
                file[f"samples/{link}"] = numpy.array(of_arm, dtype="f8")
            rows = [(arm, str(path)) for arm, paths in children.items() for path in paths]
            write_table(file, "children", {"arm": [arm for arm, _ in rows],
                                           "results": [path for _, path in rows]})

    def rows(self, expected_code=0):
        # Children lie in the store: what is given are the sweeps and data sets.
        done = subprocess.run([sys.executable, SCRIPT, *self.folder.glob("*.h5")],
                              capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, expected_code, done.stdout + done.stderr)
        cells = [line.strip("| ").split(" | ") for line in done.stdout.splitlines()
                 if line.startswith("| ")]
        return (cells[0], cells[1:], done) if cells else ([], [], done)

    def write_predictors(self, **attributes):
        """Half of the unigram predictor's excess loss is 0.25."""
        file, _ = self.write(self.folder, "rows", "generated", **attributes)
        with file:
            file["summary/predictor_loss:unigram"] = 1.75
            file["summary/predictor_loss:bayes"] = 1.25

    def write_contexts(self, *evaluations):
        children = [self.child("icl_markov", excess=excess) for excess in evaluations]
        self.sweep([("two_layers", "treatment")], ["excess_loss"],
                   {("excess_loss", "two_layers"): [0.1] * len(children)}, {"two_layers": children})

    def write_addition(self, positions):
        self.sweep([("all", "treatment")], ["exact_match"], {("exact_match", "all"): [0.5]},
                   {"all": [self.child("emergence_addition", positions=positions)]})

    def test_a_row_is_an_arm_with_mean_and_range_of_each_metric(self):
        children = {arm: [self.child("other") for _ in range(2)] for arm in ("chain", "direct")}
        self.sweep([("chain", "treatment"), ("direct", "control")], ["exact_match/unseen", "loss"],
                   {("exact_match/unseen", "chain"): [0.5, 1.0],
                    ("exact_match/unseen", "direct"): [0.25, 0.25],
                    ("loss", "chain"): [1.0, 3.0]}, children)
        headings, rows, _ = self.rows()
        self.assertEqual(headings, ["arm", "role", "exact_match/unseen", "loss"])
        self.assertEqual(rows, [["chain", "treatment", "0.750 (0.5 to 1)", "2.000 (1 to 3)"],
                                ["direct", "control", "0.250 (0.25 to 0.25)", "-"]])

    def digit_product(self, positions):
        self.write_addition(positions)
        headings, rows, _ = self.rows()
        return rows[0][headings.index("product of digit accuracies")]

    def test_the_product_is_of_digits_without_the_end(self):
        # 0.5 x 0.8 x 0.9; the end, at 0.1, is no digit.
        self.assertEqual(self.digit_product(addition_positions([0.5, 0.8, 0.9, 0.1])), "0.360")

    def test_the_product_of_several_groups_is_their_rows_mean(self):
        # (300 x 0.5 + 100 x 0.5 x 0.2) / 400.
        one = addition_positions([0.5, 0.1], "digits_1", rows=300)
        two = addition_positions([0.5, 0.2, 0.1], "digits_2", rows=100)
        self.assertEqual(self.digit_product({key: one[key] + two[key] for key in one}), "0.400")

    def test_there_is_no_product_without_positions(self):
        self.assertEqual(self.digit_product(None), "-")

    def test_the_phase_changes_below_half_of_the_unigram_predictors_excess(self):
        self.write_contexts([(75, 0.9), (150, 0.4), (225, 0.26), (300, 0.24), (375, 0.1)],
                            [(75, 0.9), (150, 0.44), (225, 0.4), (300, 0.4), (375, 0.4)])
        self.write_predictors()
        headings, rows, _ = self.rows()
        self.assertEqual(rows[0][headings.index("step of the phase change")],
                         "300 (300 to 300, 1 of 2)")

    def test_there_is_no_phase_change_without_the_predictors(self):
        self.write_contexts([(75, 0.9), (150, 0.1)])
        self.write_predictors(ad_hoc=True)  # of other rows, maybe
        headings, rows, _ = self.rows()
        self.assertEqual(rows[0][headings.index("step of the phase change")], "-")

    def test_the_first_wrong_target_is_the_first_below_one_half(self):
        right, wrong = addition_positions([0.9, 0.5, 0.4, 0.6]), addition_positions([0.4, 0.9])
        self.sweep([("chain", "treatment")], ["loss"], {("loss", "chain"): [1, 2]},
                   {"chain": [self.child("steps_s5", positions=positions)
                              for positions in (right, wrong)]})
        headings, rows, _ = self.rows()
        self.assertEqual(rows[0][headings.index("first target that is mostly wrong")],
                         "2.000 (1 to 3)")

    def plain_thresholds(self, plain):
        """By arm, beside plain runs whose tables of percent and precision are given."""
        children = {
            "refusals": [self.child("facts_refusal", "recall_refusals@1", coverage=0.75)],
            "none": [self.child("facts_refusal", "recall_refusals@1", coverage=0)],
            "plain": [self.child("facts_refusal", "recall_answers@1", coverage=1,
                                 precisions={"percent": [50, 100], "precision": precision})
                      for precision in plain],
            # Of another arm the table says nothing about plain answers.
            "shuffled": [self.child("facts_refusal", "recall_shuffled@1", coverage=1,
                                    precisions={"percent": [50, 100], "precision": [0.1, 0.1]})]}
        roles = {"plain": "baseline", "shuffled": "control"}
        arms = [(arm, roles.get(arm, "treatment")) for arm, paths in children.items() if paths]
        self.sweep(arms, ["coverage"], {("coverage", arm): [1] for arm, _ in arms}, children)
        headings, rows, _ = self.rows()
        column = headings.index("threshold of the plain arm at that coverage")
        return {row[0]: row[column] for row in rows}

    def test_the_plain_arms_threshold_is_held_against_refusing_at_its_coverage(self):
        # Half-way between .9 at half and .5 at all of the questions.
        self.assertEqual(self.plain_thresholds([[0.9, 0.5]]),
                         {"refusals": "0.700", "none": "-", "plain": "0.500", "shuffled": "0.500"})

    def test_the_threshold_is_the_mean_of_the_plain_replicates(self):
        found = self.plain_thresholds([[0.9, 0.5], [0.7, 0.5]])
        self.assertEqual(found["refusals"], "0.650")

    def test_without_plain_runs_there_is_no_threshold(self):
        self.assertEqual(self.plain_thresholds([]), {"refusals": "-", "none": "-", "shuffled": "-"})

    def test_a_child_that_is_gone_has_no_figures_of_its_own(self):
        kept = self.child("icl_markov", excess=[(75, 0.1)])
        lost = self.child("icl_markov", excess=[(75, 0.1)])
        self.sweep([("two_layers", "treatment")], ["loss"], {("loss", "two_layers"): [1, 2]},
                   {"two_layers": [kept, lost]})
        self.write_predictors()
        lost.unlink()
        headings, rows, _ = self.rows()
        self.assertEqual(rows[0][headings.index("step of the phase change")], "75 (75 to 75, 1 of 2)")

    def test_incomplete_sweeps_are_left_out_and_named(self):
        self.sweep([("a", "treatment")], ["loss"], {("loss", "a"): [1]}, {"a": [self.child("x")]},
                   status="diverged")
        _, _, done = self.rows(3)
        self.assertIn(".h5: left out, diverged", done.stderr)
        self.assertIn("no complete sweep", done.stderr)

    def test_runs_that_are_no_sweeps_are_nothing_to_render(self):
        self.write_predictors()
        _, _, done = self.rows(3)
        self.assertIn("no complete sweep", done.stderr)


if __name__ == "__main__":
    del sys.argv[1:3]
    unittest.main()
