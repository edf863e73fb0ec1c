"""Hallucination through the real binary: enumerated statements, confidence, and rows made from a model's
own errors.

usage: facts_run_test.py SOURCE_FOLDER BUILD_FOLDER [unittest arguments]; needs h5py.
"""

import pathlib
import shutil
import sys
import unittest

import h5py
import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from command_case import SOURCE, ExperimentsCase, summary_of, table  # noqa: E402
from tiny_run import deterministic_content, symbols_clm  # noqa: E402

# 6 x 6 names x 8 values = 288 statements, 30 of them true.
STATEMENTS = """\
stage = "generated"
base_seed = 3
[generated]
grammar = "facts"
train_rows = 40
validation_rows = 30
[generated.facts]
first_names = 6
last_names = 6
values = 8
facts = 30
targets = "all"
"""

# Eight facts of each of 0, 1, 2 and 4 rows.
RECALL = """\
stage = "generated"
base_seed = 3
[generated]
grammar = "facts"
train_rows = 56
validation_rows = 32
[generated.facts]
first_names = 6
last_names = 6
values = 5
facts = 32
exposures = "powers"
max_exposures = 4
headers = true
"""
TELL, ASK, UNKNOWN = 21, 22, 23  # behind 4 control tokens, 12 parts of names and 5 values

def clm(dataset, steps, **evaluation):
    return symbols_clm(run={"checkpoint_every_steps": None}, model={"hidden_size": 32, "intermediate_size": 48},
                       data={"dataset": f"{dataset}@1"},
                       training={"steps": steps, "batch_size": 14, "micro_batch_size": None, "max_tokens": 16},
                       evaluation={"every_steps": None, "num_samples": None, **evaluation})


CONFIDENCE = {"confidence": True, "refusal": "unknown "}

REFUSALS = """\
stage = "refusals"
base_seed = 3
[run]
threads = 1
[data]
dataset = "{rows}@1"
[model]
artifact = "base@1"
[refusals]
labels = "{labels}"
"""


def tokens(folder, part, length):
    return np.fromfile(next(folder.glob(f"{part}*.tokens")), "<u2").reshape(-1, length)


LABELS = ("own_errors", "none", "shuffled")


class Facts(ExperimentsCase):
    DEFINITIONS = {
        "some": STATEMENTS,
        "stated": clm("some", 12, statements=True, log_spaced=2),
        "recalled": RECALL,
        "none_stated": clm("recalled", 3, statements=True),
        "base": clm("recalled", 60, **CONFIDENCE),
        **{labels: REFUSALS.format(rows="recalled", labels=labels) for labels in LABELS},
        "tuned": clm("own_errors", 10, **CONFIDENCE) + '\n[init]\nweights = "artifact"\nartifact = "base@1"\n',
        "others": RECALL.replace("values = 5", "values = 6"),
        "unnamed": REFUSALS.format(rows="recalled", labels="none") + 'refusal = "maybe "\n',
        "mixed": REFUSALS.format(rows="others", labels="none"),
    }

    def test_statements_are_enumerated_at_log_spaced_steps(self):
        with h5py.File(self.made("stated")) as file:
            summary, found = summary_of(file), table(file, "statements")
            bins = table(file, "statement_bins")
            rates = file["evals/hallucination_rate"]
            np.testing.assert_array_equal(rates[:], found["false_mass"])
            steps = rates.dims[0]["step"][:]
        np.testing.assert_array_equal(steps, [0, 1, 2, 3, 4, 6, 8, 12])
        np.testing.assert_array_equal(steps, found["step"])
        masses = sum(found[f"{part}_mass"] for part in ("seen", "unseen", "false", "malformed"))
        np.testing.assert_allclose(masses, 1, atol=1e-12)
        for i, step in enumerate(steps):
            here = {column: bins[column][bins["step"] == step] for column in bins}
            self.assertEqual(here["statements"].sum(), 288)
            self.assertAlmostEqual(here["true_mass"].sum(), 1, places=12)
            distance = np.abs(here["model_mass"] - here["true_mass"]).sum()
            self.assertAlmostEqual(found["miscalibration"][i],
                                   (distance + found["malformed_mass"][i]) / 2, places=12)
            # Every statement of a bin has a probability in its bounds.
            mean = here["model_mass"] / here["statements"]
            self.assertTrue((mean >= 2.0 ** here["exponent"] * (1 - 1e-9)).all())
            self.assertTrue((mean < 2.0 ** (here["exponent"] + 1)).all())
        self.check_rows(summary)
        best = found["loss"].argmin()
        self.assertEqual(summary["statement_loss/best"], found["loss"][best])
        self.assertEqual(summary["hallucination_rate/best"], found["false_mass"][best])
        self.assertEqual(summary["hallucination_rate"], found["false_mass"][-1])
        margins = found["false_mass"] - (summary["monofact_rate"] - found["miscalibration"])
        self.assertAlmostEqual(summary["hallucination_margin/least"], margins.min(), places=12)
        self.assertLess(found["loss"][-1], found["loss"][0])

    def check_rows(self, summary):
        """Monofact rate and missing mass, from the files of the rows."""
        folder = self.artifact(self.made("some"))
        facts, counts = np.unique(tokens(folder, "train", 5), axis=0, return_counts=True)
        self.assertAlmostEqual(summary["monofact_rate"], (counts == 1).sum() / 40, places=12)
        asked = np.unique(tokens(folder, "validation", 5), axis=0)
        self.assertEqual(len(asked), 30)
        self.assertAlmostEqual(summary["missing_mass"], 1 - len(facts) / 30, places=12)

    def test_stopped_at_any_step_it_continues_to_the_same_bits(self):
        expected = deterministic_content(self.made("stated"))
        self.assert_stops_change_no_bit(("--experiments", self.experiments, "stated"), ((0, 3, 9),), expected)

    def test_statements_need_rows_that_are_some(self):
        self.assert_fails(self.named("none_stated"), 2, "statements.json is missing")

    def test_rows_are_made_from_a_models_own_errors(self):
        with h5py.File(self.made("base")) as file:
            base = summary_of(file)
        made = {}
        for labels in LABELS:
            with h5py.File(self.made(labels)) as file:
                made[labels] = summary_of(file), table(file, "data"), self.artifact(self.made(labels))
        self.check_own_errors(base, *made["own_errors"])
        self.check_controls(made)
        with h5py.File(self.made("tuned")) as file:
            summary = summary_of(file)
            self.assertEqual(len(table(file, "coverage")["precision"]), 20)
        self.assertIn("forced_accuracy/exposures_4", summary)
        right = summary["coverage"] * summary.get("answer_precision", 0)
        self.assertAlmostEqual(right + summary["wrong_answers"], summary["coverage"], places=12)

    def check_own_errors(self, base, summary, data, folder):
        is_train = data["part"] == b"train"
        self.assertEqual(data["questions"][is_train].sum(), 16)
        self.assertEqual(data["questions"][~is_train].sum(), 16)
        # What the base wrote itself, by another way: a greedy generation.
        self.assertAlmostEqual(data["right"].sum() / 32, base["exact_match"], places=12)
        # Of the value alone, whatever is written behind it.
        self.assertGreaterEqual(base["forced_accuracy"], base["exact_match"])
        np.testing.assert_array_equal(data["refusals"][is_train],
                                      (data["questions"] - data["right"])[is_train])
        self.assertEqual(data["refusals"][~is_train].sum(), 0)
        train, test = tokens(folder, "train", 6), tokens(folder, "validation", 6)
        asked = train[train[:, 1] == ASK]
        refused = asked[asked[:, 4] == UNKNOWN]
        self.assertEqual(len(refused), summary["examples/refusals"])
        self.assertGreater(len(refused), 0)
        self.assertEqual(len(refused), len(asked) - len(refused))  # balanced
        told = train[train[:, 1] == TELL]
        self.assertEqual(len(told), summary["examples/statements"])
        self.assertEqual(len(told), round(len(asked) / 3))
        self.assertEqual(len(told) + len(asked), len(train))
        self.assertTrue((test[:, 1] == ASK).all() and (test[:, 4] != UNKNOWN).all())
        names = {part: {tuple(row[2:4]) for row in rows} for part, rows in (("tuned", asked),
                                                                          ("tested", test))}
        self.assertEqual({part: len(found) for part, found in names.items()},
                         {"tuned": 16, "tested": 16})
        self.assertFalse(names["tuned"] & names["tested"])

    def check_controls(self, made):
        plain = tokens(made["none"][2], "train", 6)
        self.assertFalse((plain[:, 4] == UNKNOWN).any())
        self.assertEqual((plain[:, 1] == ASK).sum(), 16)
        self.assertEqual(made["shuffled"][1]["refusals"].sum(),
                         made["own_errors"][1]["refusals"].sum())
        tested = [tokens(made[labels][2], "validation", 6).tolist() for labels in made]
        self.assertEqual(tested[0], tested[1])
        self.assertEqual(tested[0], tested[2])

    def test_refusals_need_a_symbol_and_a_model_of_the_same_ones(self):
        for name, reason in (("unnamed", 'refusals.refusal: "maybe " is no symbol'),
                             ("mixed", "was trained on other symbols")):
            with self.subTest(name=name):
                self.assert_fails(self.named(name), 2, reason)

    def copy_small(self, name, *replaced):
        """A committed experiment with less to do, and without bounds."""
        folder = self.experiments / name
        shutil.copytree(SOURCE / "experiments" / name, folder)
        path = folder / "v1.toml"
        text = path.read_text().split("[[acceptance]]")[0]
        for old, new in replaced:
            self.assertIn(old, text)
            text = text.replace(old, new)
        path.write_text(text)

    def test_the_committed_experiments_run(self):
        # One block of facts of recall_rows: 143 of 3,575.
        self.copy_small("recall_rows", ("= 153200", "= 6128"), ("= 3575", "= 143"))
        self.copy_small("recall_base", ("steps = 1532", "steps = 3"), ("warmup_steps = 30",
                                                                      "warmup_steps = 1"))
        for name in ("recall_refusals", "recall_answers", "recall_shuffled", "facts_refusal",
                     "facts_bound", "facts_6000", "facts_20000"):
            self.copy_small(name)
        self.copy_small("facts_2000", ("validation_rows = 3000", "validation_rows = 50"))
        self.lock()
        for name, metric in (("facts_bound", "hallucination_margin/least"),
                             ("facts_refusal", "coverage")):
            with self.subTest(experiment=name):
                with h5py.File(self.run_named(name, "--steps", 3)) as file:
                    self.assertIn(metric, summary_of(file))
        for name in ("recall_answers", "recall_shuffled"):
            with h5py.File(self.run_named(name)) as file:
                self.assertEqual(summary_of(file)["examples/validation"], 71)


if __name__ == "__main__":
    unittest.main()
