"""Preferences made from a fine-tuned model's mistakes, and a reward model of them, through the real
binary.

usage: preferences_run_test.py SOURCE_FOLDER BUILD_FOLDER [unittest arguments]; needs h5py.
"""

import collections
import json
import pathlib
import shutil
import sys
import tempfile
import unittest

import h5py

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from command_case import CommandCase  # noqa: E402
from pipeline_test import write_experiments  # noqa: E402

PREFERENCES = """\
stage = "preferences"
base_seed = 7

[data]
dataset = "messages@1"

[model]
artifact = "model@1"

[negatives]
answers_per_prompt = 3
max_new_tokens = 8
similar_per_prompt = 2
"""

REWARD = """\
stage = "reward"
base_seed = 3

[run]
threads = 1

[model]
hidden_size = 16
num_layers = 2
num_heads = 2
num_kv_heads = 1
intermediate_size = 24
max_positions = 512

[tokenizer]
artifact = "pieces@1"

[data]
dataset = "pairs@1"

[init]
weights = "artifact"
artifact = "model@1"

[optimizer]
learning_rate = 1e-2

[training]
steps = 2
batch_size = 8
"""


def read(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def prompt(record):
    return record.get("prompt", record.get("instruction")), record.get("input", "")


class Preferences(CommandCase):
    made = None  # of the first test that asked: the run of `scores` in an empty store, and that store then

    def setUp(self):
        super().setUp()
        write_experiments(self.place)
        self.root = self.place.folder / "experiments"
        for name, text in (("pairs", PREFERENCES), ("scores", REWARD)):
            (self.root / name).mkdir()
            (self.root / name / "v1.toml").write_text(text, encoding="utf-8")
        self.options = ("--experiments", self.root)
        self.lock_once(self.root)

    def make_all(self):
        """Has the reward model and all that it needs in the store, which was empty. Returns the run that made them."""
        if Preferences.made is None:
            kept = tempfile.TemporaryDirectory(prefix="bench-test-")
            self.addClassCleanup(kept.cleanup)
            done = self.place.run("scores", *self.options)
            self.assertEqual(done.returncode, 0, done.stderr)
            store = pathlib.Path(kept.name) / "store"
            shutil.copytree(self.place.store, store)
            Preferences.made = done, store
        else:
            shutil.copytree(Preferences.made[1], self.place.store, dirs_exist_ok=True)
        return Preferences.made[0]

    def results_of(self, name):
        return self.place.store / "runs" / f"{name}@1" / "1" / "results.h5"

    def artifact(self, marker):
        (found,) = (path.parent for path in self.place.store.glob(f"objects/*/{marker}"))
        return found

    def test_a_reward_model_runs_what_its_preferences_need_first(self):
        done = self.make_all()
        for name in ("messages@1", "pieces@1", "model@1", "pairs@1"):
            self.assertIn(f"{name} is not in the store: running it first", done.stderr)
        self.assertTrue(done.stdout.splitlines()[-1].endswith("/store/runs/scores@1/1/results.h5"), done.stdout)
        with h5py.File(self.results_of("scores")) as file:
            self.assertEqual(set(file["inputs"].attrs),
                             {"dataset", "initial_weights", "prompt_template", "tokenizer"})
            self.assertLessEqual({"loss:model", "loss:similar"}, set(file["summary"]))

    def test_pairs_are_of_the_reward_part_and_their_rejected_responses_are_wrong(self):
        self.make_all()
        with h5py.File(self.results_of("pairs")) as file:
            counts = {(part.decode(), kind.decode()): pairs for part, kind, pairs in zip(
                *(file[f"tables/pairs/{column}"][:] for column in ("part", "kind", "pairs")))}
            parts = dict(zip(file["tables/parts/part"].asstr()[:], file["tables/parts/prompts"][:]))
            answers = {name: column[:] for name, column in file["tables/answers"].items()}
        messages = self.artifact("sft.jsonl")
        written = collections.Counter()
        for part, source in (("train", "reward"), ("validation", "validation")):
            records = {prompt(record): record for record in read(messages / f"{source}.jsonl")}
            outputs = {record["output"] for record in records.values()}
            for pair in read(self.artifact("train.jsonl") / f"{part}.jsonl"):
                self.assertEqual(pair["chosen"], records[prompt(pair)]["output"])
                self.assertNotEqual(pair["chosen"].strip(), pair["rejected"].strip())
                self.assertTrue(pair["task"] == "model" or pair["rejected"] in outputs)
                written[part, pair["task"]] += 1
            self.assertEqual(written[part, "similar"], 2 * len(records))
        self.assertEqual(written, counts)
        # Every answer is right, repeated, unreadable or in a pair.
        for total, *ends in zip(*(answers[name] for name in (
                "answers", "right", "repeated", "unreadable", "pairs"))):
            self.assertEqual(total, sum(ends))
        for part, number in parts.items():
            self.assertEqual(number, len({prompt(record)
                                          for record in read(messages / f"{part}.jsonl")}))
        self.assertEqual(len(parts), 5)

    def test_equal_runs_make_equal_pairs_and_other_replicates_others(self):
        self.make_all()
        contents = [self.artifact("train.jsonl").joinpath("train.jsonl").read_bytes()]
        for replicate in (0, 1):
            before = set(self.place.store.glob("objects/*/train.jsonl"))
            out = self.place.folder / f"run{replicate}"
            self.run_ok("pairs", *self.options, "--out", out, "--replicate", replicate)
            digest = (out / "artifact.sha256").read_text().strip()
            contents.append((self.place.store / "objects" / digest / "train.jsonl").read_bytes())
            if replicate == 0:
                self.assertEqual(set(self.place.store.glob("objects/*/train.jsonl")), before)
        self.assertEqual(contents[0], contents[1])
        self.assertNotEqual(contents[0], contents[2])

    def test_own_records_and_an_exported_model_will_do(self):
        self.make_all()
        folder = self.place.folder / "exported"
        self.run_ok("--export", self.results_of("model"), folder)
        definition = self.place.folder / "own.toml"
        definition.write_text(PREFERENCES.replace('dataset = "messages@1"', f'path = "{self.place.data}"')
                              .replace('artifact = "model@1"', f'folder = "{folder}"'))
        with h5py.File(self.run_ok(definition)) as file:
            self.assertGreater(file["summary/examples:train"][()], 40)
            self.assertGreater(file["summary/examples:validation"][()], 0)

    def test_what_cannot_be_used_is_refused(self):
        self.make_all()
        for setting, code, fragment in (
                ("data.dataset_part=rewards", 2, 'no part "rewards"'),
                ("data.tasks=['scirpt']", 4, "data.tasks"),
                ("model.artifact=pieces@1", 2, "pieces@1 cannot be the model"),
                ("data.dataset=model@1", 2, "model@1 cannot be the dataset")):
            self.assert_fails(self.place.run("pairs", *self.options, "--set", setting), code, fragment)
        scores = self.place.run("scores", *self.options, "--set", "data.dataset=messages@1")
        self.assert_fails(scores, 2, "messages@1 cannot be the dataset")


if __name__ == "__main__":
    unittest.main()
