"""The tables of scripts/render_abilities.py, of invented results files: figures worked out by hand,
arms in their order, and an exit code that says whether the treatment beats its controls.

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
        self.count = 0

    def write(self, experiment, settings, summary, positions=None, excess=(), coverage=None,
              **attributes):
        """A results file; settings and summary by path."""
        path = self.folder / f"{self.count}.h5"
        self.count += 1
        definition = {"stage": "clm"}
        for key, value in settings.items():
            group, leaf = key.split(".")
            definition.setdefault(group, {})[leaf] = value
        with h5py.File(path, "w") as file:
            file.attrs.update({"status": "complete", "experiment": experiment, "version": 1,
                               "ad_hoc": False, **attributes})
            file.create_group("definition").attrs["json"] = json.dumps(definition)
            for name, value in summary.items():
                file[f"summary/{name.replace('/', ':')}"] = float(value)
            if positions:
                write_table(file, "positions", positions)
            if coverage:
                write_table(file, "coverage", coverage)
            if excess:
                write_series(file, "excess_loss", *zip(*excess))

    def render(self):
        return subprocess.run([sys.executable, SCRIPT, self.folder], capture_output=True,
                              text=True, timeout=60)

    def rows(self, expected_code):
        done = self.render()
        self.assertEqual(done.returncode, expected_code, done.stdout + done.stderr)
        cells = [line.strip("| ").split(" | ") for line in done.stdout.splitlines()
                 if line.startswith("| ")]
        return cells[0], cells[1:], done.stdout

    def write_width(self, width, exact, dataset="addition_rows@1", **more):
        self.write("emergence_addition",
                   {"model.hidden_size": width, "data.dataset": dataset},
                   {"parameters": 1000 * width, "exact_match": exact, "answer_edits": 1,
                    "target_log_prob": -2}, **more)

    def write_context(self, layers, late, excess=()):
        self.write("icl_markov", {"model.num_layers": layers, "data.dataset": "icl_markov_rows@1"},
                   {"parameters": 10, "excess_loss": late, "excess_loss/late": late},
                   excess=excess)

    def write_predictors(self, **attributes):
        """Half of the unigram predictor's excess loss is 0.25."""
        self.write("icl_markov_rows", {}, {"predictor_loss/unigram": 1.75,
                                           "predictor_loss/bayes": 1.25}, **attributes)

    def test_widths_stand_in_the_order_of_numbers(self):
        for width in (64, 8, 128, 16):
            self.write_width(width, 0.5 if width < 64 else 1.0)
        self.write_width(64, 0, "addition_shuffled_rows@1")
        _, rows, _ = self.rows(0)
        self.assertEqual([row[0] for row in rows], [
            *(f"data.dataset = addition_rows@1, model.hidden_size = {width}"
              for width in (8, 16, 64, 128)),
            "data.dataset = addition_shuffled_rows@1, model.hidden_size = 64"])

    def test_numbers_in_names_of_data_sets_are_numbers_too(self):
        for name, unseen in (("rules_4096@1", 0.9), ("rules_64@1", 0), ("rules_other@1", 0),
                             ("rules_512@1", 0.4)):
            self.write("instructions_unseen", {"data.dataset": name},
                       {"exact_match/unseen": unseen})
        _, rows, _ = self.rows(0)
        self.assertEqual([row[0].split()[-1] for row in rows],
                         ["rules_64@1", "rules_512@1", "rules_4096@1", "rules_other@1"])

    def digit_product(self, positions):
        self.write_width(64, 1, positions=positions)
        self.write_width(64, 0, "addition_shuffled_rows@1", positions=positions)
        headings, rows, _ = self.rows(0)
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
        self.write_context(2, 0.1, [(75, 0.9), (150, 0.4), (225, 0.26), (300, 0.24), (375, 0.1)])
        self.write_context(1, 0.5, [(75, 0.9), (150, 0.44), (225, 0.4), (300, 0.4), (375, 0.4)])
        self.write_predictors()
        headings, rows, _ = self.rows(0)
        column = headings.index("step of the phase change")
        self.assertEqual([row[column] for row in rows], ["-", "300"])

    def test_there_is_no_phase_change_without_the_predictors(self):
        self.write_context(2, 0.1, [(75, 0.9), (150, 0.1)])
        self.write_context(1, 0.5, [(75, 0.9), (150, 0.5)])
        self.write_predictors(ad_hoc=True)  # of other rows, maybe
        headings, rows, _ = self.rows(0)
        column = headings.index("step of the phase change")
        self.assertEqual([row[column] for row in rows], ["-", "-"])

    def test_one_replicate_that_does_not_beat_the_control_fails(self):
        for late in (0.1, 0.12):
            self.write_context(2, late)
        self.write_context(1, 0.5)
        _, rows, text = self.rows(0)
        self.assertEqual([row[1] for row in rows], ["1", "2"])
        self.assertIn("beats every control by excess_loss/late", text)
        self.write_context(2, 0.5)  # as good as the control
        _, _, text = self.rows(1)
        self.assertIn("does not beat model.num_layers = 1 by excess_loss/late", text)

    def test_every_control_must_be_there_and_be_beaten(self):
        scores = {"s5_chain@2": 0.99, "s5_direct@2": 0.3, "s5_wrong@2": 0.2}
        for dataset, accuracy in scores.items():
            self.write("steps_s5", {"data.dataset": dataset}, {"answer_accuracy": accuracy})
        _, _, text = self.rows(3)
        self.assertIn("no run of the control data.dataset = s5_filler@2", text)
        self.write("steps_s5", {"data.dataset": "s5_filler@2"}, {"answer_accuracy": 0.995})
        _, _, text = self.rows(1)
        self.assertIn("does not beat data.dataset = s5_filler@2 by", text)

    def test_an_experiment_that_fails_goes_before_one_that_decides_nothing(self):
        self.write_width(64, 1)
        self.rows(3)
        self.write_context(2, 0.5)
        self.write_context(1, 0.1)
        self.rows(1)

    def test_fewer_draws_hallucinate_more_and_the_bound_is_shown(self):
        for draws, rate in ((2000, 0.6), (6000, 0.2), (20000, 0.1)):
            self.write("facts_bound", {"data.dataset": f"facts_{draws}@1"},
                       {"monofact_rate": 0.5, "hallucination_rate/best": rate,
                        "hallucination_bound/best": 0.25, "hallucination_margin/least": 0.125})
        headings, rows, text = self.rows(0)
        self.assertEqual([row[0].split("_")[-1] for row in rows], ["2000@1", "6000@1", "20000@1"])
        self.assertEqual(rows[0][headings.index("its bound")], "0.250")
        self.assertEqual(rows[0][headings.index("least margin")], "0.125")
        self.assertIn("beats every control by hallucination_rate/best", text)

    def test_refusing_must_tell_more_than_shuffled_labels_do(self):
        for dataset, auroc in (("recall_refusals@1", 0.74), ("recall_shuffled@1", 0.66)):
            self.write("facts_refusal", {"data.dataset": dataset},
                       {"known_auroc/answering": auroc, "coverage": 0.59,
                        "precision_at_coverage/answered": 0.9})
        headings, rows, _ = self.rows(0)
        self.assertEqual(rows[0][headings.index("threshold at that coverage")], "0.900")
        self.write("facts_refusal", {"data.dataset": "recall_shuffled@1"},
                   {"known_auroc/answering": 0.75})
        _, _, text = self.rows(1)
        self.assertIn("does not beat data.dataset = recall_shuffled@1 by known_auroc", text)

    def test_the_plain_arms_threshold_is_held_against_refusing_at_its_coverage(self):
        self.write("facts_refusal", {"data.dataset": "recall_refusals@1"},
                   {"known_auroc/answering": 0.7, "coverage": 0.75, "answer_precision": 0.6})
        self.write("facts_refusal", {"data.dataset": "recall_shuffled@1"},
                   {"known_auroc/answering": 0.5, "coverage": 1})
        # Half-way between .9 at half and .5 at all of the questions.
        self.write("facts_refusal", {"data.dataset": "recall_answers@1"},
                   {"known_auroc/answering": 0.5, "coverage": 1},
                   coverage={"percent": [50, 100], "precision": [0.9, 0.5]})
        headings, rows, _ = self.rows(0)
        column = headings.index("threshold of the plain arm there")
        found = {row[0].split()[-1]: row[column] for row in rows}
        self.assertEqual(found, {"recall_refusals@1": "0.700", "recall_shuffled@1": "0.500",
                                 "recall_answers@1": "0.500"})

    def test_a_smaller_width_is_not_the_treatment(self):
        self.write_width(8, 0.0)
        self.write_width(64, 0.9)
        self.write_width(8, 0.01, "addition_shuffled_rows@1")
        self.rows(0)

    def test_incomplete_runs_are_left_out_and_named(self):
        self.write_context(2, 0.1)
        self.write_context(1, 0.5)
        self.write("icl_markov", {"model.num_layers": 2}, {"excess_loss/late": 9},
                   status="interrupted")
        done = self.render()
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("2.h5: left out, interrupted", done.stderr)

    def test_nothing_to_render_decides_nothing(self):
        self.write_predictors()
        done = self.render()
        self.assertEqual(done.returncode, 3)
        self.assertIn("no complete run", done.stderr)


if __name__ == "__main__":
    del sys.argv[1:3]
    unittest.main()
