"""A reward model through the real binary: what it learns, resume, refusals, its artifact.

usage: reward_run_test.py SOURCE_FOLDER BUILD_FOLDER [unittest arguments]; needs h5py.
"""

import hashlib
import importlib.util
import json
import pathlib
import struct
import sys
import unittest

import h5py
import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from command_case import CommandCase  # noqa: E402
from tiny_run import HERE, NAN_FILLED, deterministic_content  # noqa: E402

# Importing them takes seconds, and other tests take the definition from here.
HAVE_TRANSFORMERS = all(importlib.util.find_spec(name) for name in ("torch", "transformers"))

DEFINITION = """\
stage = "reward"
base_seed = 3

[run]
threads = 1
flush_interval_s = 0.05
checkpoint_every_steps = 5

[model]
hidden_size = 16
num_layers = 2
num_heads = 2
intermediate_size = 24
max_positions = 512

[tokenizer]
path = "{tokenizer}"

[data]
path = "{train}"
validation_path = "{held_out}"
prompt_template = "plain"

[optimizer]
learning_rate = 1e-2
epsilon = 1e-5

[training]
steps = {steps}
batch_size = 8
micro_batch_size = 4
max_tokens = 64

[evaluation]
every_steps = 8
num_samples = 2
"""


def pairs(numbers):
    """The better answer ends with "yes": in one task it is shorter, in the other longer."""
    for i in numbers:
        longer = i % 2 == 0
        yield {"prompt": f"is {i} so", "chosen": "it surely is yes" if longer else "yes",
               "rejected": "no" if longer else "it surely is no",
               "task": "longer" if longer else "shorter"}


def write(path, records):
    path.write_text("".join(json.dumps(record) + "\n" for record in records))


def read_safetensors(path):
    data = path.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8:8 + length])
    return header, data[8 + length:]


class Reward(CommandCase):
    def setUp(self):
        super().setUp()
        self.train = self.place.folder / "train.jsonl"
        self.held_out = self.place.folder / "held_out.jsonl"
        write(self.train, pairs(range(64)))
        write(self.held_out, pairs(range(100, 124)))
        self.definition = self.write_definition()

    def write_definition(self, steps=20, replace=()):
        text = DEFINITION.format(tokenizer=HERE / "testdata" / "tiny.model", train=self.train,
                                 held_out=self.held_out, steps=steps)
        for old, new in replace:
            assert old in text, old
            text = text.replace(old, new)
        path = self.place.folder / "reward.toml"
        path.write_text(text)
        return path

    def test_it_learns_a_preference_that_is_not_of_length(self):
        with h5py.File(self.run_ok(self.write_definition(steps=60))) as file:
            summary = {name: value[()] for name, value in file["summary"].items()}
            for label in ("", ":longer", ":shorter"):
                self.assertEqual(summary["preference_accuracy" + label], 1, label)
                self.assertLess(summary["loss" + label], 0.2)
            # Chance before: the loss of the first step is about log 2.
            self.assertAlmostEqual(file["steps/loss"][0], np.log(2), delta=0.35)
            self.assertEqual(file["steps/loss"].attrs["units"], "nats/pair")
            self.assertGreater(file["steps/reward_margin"][-1], file["steps/reward_margin"][0] + 1)
            self.assertEqual(file["steps/preference_accuracy"][-1], 1)
            self.assertLess(summary["calibration_error"], 0.2)

    def test_held_out_chosen_responses_average_zero_and_the_samples_have_their_rewards(self):
        path = self.once(self.definition)
        with h5py.File(path) as file:
            summary = {name: value[()] for name, value in file["summary"].items()}
            # mean = (chosen + rejected) / 2 and margin = chosen - rejected: fp32 rewards of about 1.
            self.assertAlmostEqual(summary["reward_mean"] + summary["reward_margin"] / 2, 0, places=6)
            samples = {name: column[:] for name, column in file["tables/samples"].items()}
            self.assertEqual(len(samples["chosen"]), 4)  # two of each task
            rewards = np.concatenate([samples["chosen_reward"], samples["rejected_reward"]])
            self.assertTrue((rewards >= summary["reward_min"]).all())
            self.assertTrue((rewards <= summary["reward_max"]).all())
            data = {name: column[:] for name, column in file["tables/data"].items()}
            self.assertEqual(list(data["pairs"]), [64, 24])

    def test_stopped_at_any_step_it_continues_to_the_same_bits(self):
        expected = deterministic_content(self.once(self.definition))
        self.assert_stops_change_no_bit((self.definition,), ((0, 8, 19), (3, 16)), expected)

    def test_recomputed_activations_give_the_same_bits(self):
        expected = deterministic_content(self.once(self.definition))
        recomputed = self.run_ok(self.definition, "--set", "training.recompute_activations=true")
        self.assertEqual(deterministic_content(recomputed), expected)

    def test_every_precision_trains_and_resumes_to_the_same_bits(self):
        losses, margins = {}, {}
        for precision in ("fp32", "autocast", "mixed"):
            change = ("--set", f"training.precision={precision}")
            whole = self.run_ok(self.definition, *change)
            out = self.place.folder / precision
            self.run_ok(self.definition, *change, "--out", out, "--stop-after-step", 7)
            resumed = self.run_ok(self.definition, *change, "--out", out, "--resume", **NAN_FILLED)
            self.assertEqual(deterministic_content(resumed), deterministic_content(whole), precision)
            with h5py.File(whole) as file:
                losses[precision] = file["steps/loss"][:]
                margins[precision] = file["steps/reward_margin"][-1]
        self.assertEqual(len({tuple(series) for series in losses.values()}), 3)
        for precision in ("autocast", "mixed"):
            # At first the weights are the same but for their rounding: two rewards of about 1, each some
            # 25 roundings of bf16 away, whose tail 4 covers. The loss moves less than their difference.
            self.assertLess(abs(losses[precision][0] - losses["fp32"][0]), 2 * 4 * 5 * 2.0**-9)
            self.assertGreater(margins[precision], 0)  # and then they learn
        folder = self.place.folder / "bf16"
        self.run_ok("--export", whole, folder)
        self.assertEqual(json.loads((folder / "config.json").read_text())["torch_dtype"], "bfloat16")
        header, _ = read_safetensors(folder / "model.safetensors")
        self.assertEqual(header["score.weight"]["dtype"], "BF16")

    def test_the_exported_folder_is_a_classifier_of_transformers_with_a_bias_beside_it(self):
        folder = self.place.folder / "exported"
        self.run_ok("--export", self.once(self.definition), folder)
        config = json.loads((folder / "config.json").read_text())
        self.assertEqual(config["architectures"], ["LlamaForSequenceClassification"])
        self.assertEqual(config["id2label"], {"0": "reward"})
        header, _ = read_safetensors(folder / "model.safetensors")
        self.assertEqual(header["score.weight"]["shape"], [1, 16])
        self.assertNotIn("lm_head.weight", header)
        self.assertNotEqual(json.loads((folder / "reward.json").read_text())["bias"], 0)

    @unittest.skipUnless(HAVE_TRANSFORMERS, "transformers and torch are not installed")
    def test_transformers_scores_and_our_bias_are_the_rewards_of_the_samples(self):
        import torch
        import transformers
        path = self.once(self.definition)
        folder = self.place.folder / "exported"
        self.run_ok("--export", path, folder)
        bias = json.loads((folder / "reward.json").read_text())["bias"]
        model = transformers.AutoModelForSequenceClassification.from_pretrained(
            folder, dtype=torch.float32).eval()
        tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
        with h5py.File(path) as file:
            samples = {name: column[:] for name, column in file["tables/samples"].items()}
        for kind in ("chosen", "rejected"):
            for prompt, response, reward in zip(samples["prompt"], samples[kind],
                                                samples[kind + "_reward"]):
                ids = tokenizer.apply_chat_template([{"role": "user", "content": prompt.decode()}],
                                                    add_generation_prompt=True, return_dict=False)
                ids = ids + tokenizer.encode(response.decode(), add_special_tokens=False)
                with torch.no_grad():
                    score = model(torch.tensor([ids + [tokenizer.eos_token_id]])).logits.item()
                # Some 300 roundings of fp32 on the way, in another order, of values below 10.
                self.assertAlmostEqual(score + bias, reward, delta=300 * 10 * 2.0**-24)

    def test_a_reward_model_does_not_generate(self):
        path = self.once(self.definition)
        self.assert_fails(self.place.run("--generate", path, "is 1 so"), 2, "stage reward")

    def test_bad_preferences_are_4_and_name_the_line(self):
        good = json.dumps(next(iter(pairs([7]))))
        for bad, fragment in (('{"prompt": "a", "chosen": "b"}', 'no field "rejected"'),
                              ('{"prompt": "", "chosen": "b", "rejected": "c"}', '"prompt"'),
                              ('{"prompt": "a", "chosen": 1, "rejected": "c"}', '"chosen"'),
                              ('{"prompt": "a"', "")):
            self.train.write_text(good + "\n" + bad + "\n")
            self.assert_fails(self.place.run(self.definition), 4, f"{self.train}:2: ", fragment)
        self.train.unlink()
        self.assert_fails(self.place.run(self.definition), 5, str(self.train))

    def test_a_held_out_prompt_that_is_trained_on_is_4_and_named(self):
        write(self.held_out, [*pairs([100, 101]), *pairs([12]), *pairs([13])])
        sha256 = hashlib.sha256(b"is 12 so").hexdigest()
        self.assert_fails(self.place.run(self.definition), 4, f"{self.held_out}:3: ", sha256[:16],
                          str(self.train))

    def test_one_file_is_split_by_its_prompts(self):
        write(self.train, [*pairs(range(64)), *pairs(range(64))])  # every prompt twice
        definition = self.write_definition(replace=(
            (f'validation_path = "{self.held_out}"', "validation_fraction = 0.25"),))
        with h5py.File(self.run_ok(definition)) as file:
            train, held_out = file["tables/data/pairs"][:]
        expected = 2 * sum(
            int(hashlib.sha256(f"bench-split\nis {i} so\n".encode()).hexdigest()[:13], 16) / 2**52 < 0.25
            for i in range(64))
        self.assertEqual((train, held_out), (128 - expected, expected))


if __name__ == "__main__":
    unittest.main()
