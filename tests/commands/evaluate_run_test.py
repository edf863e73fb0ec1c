"""Probes through the real binary: of an exported model, of an experiment's, and at the end of training.

usage: evaluate_run_test.py SOURCE_FOLDER BUILD_FOLDER [unittest arguments]; needs h5py.
"""

import json
import math
import pathlib
import sys
import unittest

import h5py

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from command_case import CommandCase  # noqa: E402
from pipeline_test import write_experiments  # noqa: E402
from tiny_run import WORDS  # noqa: E402

CHOICE = [{"input": f"{i}", "choices": [WORDS[i], WORDS[(i + 1) % 10], WORDS[(i + 3) % 10]], "gold": 0}
          for i in range(10)]
GENERATE = [{"input": f"{i}", "target": WORDS[i]} for i in range(10)]
TEXTS = [{"text": "one two three"}, {"text": "four five"}]

PROBES = """
[[probes]]
name = "digit"
request = "choice"
{choice}

[[probes]]
name = "said"
request = "generate"
apply_template = true
until = ["\\n"]
max_new_tokens = 4
{generate}

[[probes]]
name = "text"
request = "rolling"
{texts}
"""


def write_lines(path, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


class Evaluations(CommandCase):
    def setUp(self):
        super().setUp()
        self.files = {"choice": write_lines(self.place.folder / "choice.jsonl", CHOICE),
                      "generate": write_lines(self.place.folder / "generate.jsonl", GENERATE),
                      "texts": write_lines(self.place.folder / "texts.jsonl", TEXTS)}

    def own_probes(self):
        return PROBES.format(**{name: f'path = "{path}"' for name, path in self.files.items()})

    def evaluation(self, model, probes=None):
        path = self.place.folder / "asked.toml"
        path.write_text(f'stage = "evaluate"\n[model]\n{model}\n' + (probes or self.own_probes()),
                        encoding="utf-8")
        return path

    def exported(self):
        results = self.once(self.place.definition)
        done = self.place.run("--export", results.parent, self.place.folder / "exported")
        self.assertEqual(done.returncode, 0, done.stderr)
        return self.place.folder / "exported"

    def summary(self, results):
        with h5py.File(results) as file:
            self.assertEqual(file.attrs["status"], "complete")
            return {name: dataset[()] for name, dataset in file["summary"].items()}

    def test_folder_is_asked_and_every_document_recorded(self):
        results = self.run_ok(self.evaluation(f'folder = "{self.exported()}"'))
        values = self.summary(results)
        for name in ("accuracy:digit", "accuracy_per_character:digit", "accuracy_unconditional:digit",
                     "accuracy_above_chance:digit", "exact_match:said", "chrf:said",
                     "unmatched_answers:said", "loss:text", "bits_per_byte:text", "word_perplexity:text"):
            self.assertTrue(math.isfinite(values[name]), name)
        self.assertAlmostEqual(values["chance_accuracy:digit"], 1 / 3)
        with h5py.File(results) as file:
            documents = file["tables/probe_documents"]
            self.assertEqual(len(documents["right"]), 10 + 10 + 2)
            right = [bool(r) for r, probe in zip(documents["right"], documents["probe"]) if probe == b"digit"]
            self.assertAlmostEqual(values["accuracy:digit"], sum(right) / 10)
            self.assertEqual(len(file["tables/probe_prompts/context"]), 3)

    def test_training_asks_at_its_end_what_an_evaluation_of_its_model_finds(self):
        trained = self.place.write_definition("probed.toml", extra=self.own_probes())
        at_end = self.summary(self.run_ok(trained))
        asked = self.summary(self.run_ok(self.evaluation(f'folder = "{self.exported()}"')))
        compared = 0
        for name, value in asked.items():
            if name.endswith((":digit", ":said", ":text")):
                self.assertEqual(at_end[name], value, name)
                compared += 1
        self.assertGreaterEqual(compared, 11)

    def test_experiment_asks_committed_files_of_an_experiments_model(self):
        write_experiments(self.place)
        root = self.place.folder / "experiments"
        for name, path in self.files.items():
            write_lines(root / "probes" / f"{name}.jsonl", [json.loads(line) for line in
                                                            path.read_text().splitlines()])
        probes = PROBES.format(**{name: f'file = "probes/{name}.jsonl"' for name in self.files})
        folder = root / "asked"
        folder.mkdir()
        (folder / "v1.toml").write_text('stage = "evaluate"\n[model]\nartifact = "model@1"\n' + probes,
                                        encoding="utf-8")
        self.assertEqual(self.place.run("--lock", BENCH_ROOT=str(self.place.folder)).returncode, 0)
        first = self.run_ok("experiments/asked", BENCH_ROOT=str(self.place.folder))
        self.assertIn("accuracy:digit", self.summary(first))
        with h5py.File(first) as file:
            key = file.attrs["recipe_key"]
        # Another file is another recipe.
        write_lines(root / "probes" / "texts.jsonl", [{"text": "six"}])
        second = self.run_ok("experiments/asked", BENCH_ROOT=str(self.place.folder))
        self.assertNotEqual(self.summary(first)["loss:text"], self.summary(second)["loss:text"])
        with h5py.File(second) as file:
            self.assertNotEqual(file.attrs["recipe_key"], key)

    def test_bad_documents_are_named_before_anything_is_trained(self):
        self.files["choice"].write_text('{"input": "a", "choices": ["b", "c"], "gold": 7}\n')
        trained = self.place.write_definition("probed.toml", extra=self.own_probes())
        done = self.place.run(trained)
        self.assert_fails(done, 4, f"{self.files['choice']}:1: \"gold\" has 7")
        self.assertNotIn("step 1/", done.stderr)
        self.files["choice"].unlink()
        self.assert_fails(self.place.run(trained), 5, str(self.files["choice"]))

    def test_bad_pattern_is_a_usage_error(self):
        probes = self.own_probes().replace('max_new_tokens = 4', 'max_new_tokens = 4\nfilters = '
                                           '[{ filter = "first_match", pattern = "(" }]')
        done = self.place.run(self.evaluation(f'folder = "{self.exported()}"', probes))
        self.assert_fails(done, 2, "is no regular expression: U_REGEX_MISMATCHED_PAREN")


if __name__ == "__main__":
    unittest.main()
