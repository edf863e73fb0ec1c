"""Pre-training on a text file through the real binary: results, resume, generation, fine-tuning.

usage: clm_run_test.py SOURCE_FOLDER BUILD_FOLDER [unittest arguments]; needs h5py.
"""

import json
import pathlib
import sys
import unittest

import h5py
import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from command_case import CommandCase  # noqa: E402
from tiny_run import NAN_FILLED, WORDS, deterministic_content  # noqa: E402

DEFINITION = """\
stage = "clm"
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
characters = true

[data]
path = "{text}"

[optimizer]
learning_rate = 1e-2

[training]
steps = {steps}
batch_size = 4
micro_batch_size = 2
max_tokens = 32

[evaluation]
every_steps = 8
sample_prompt_tokens = 8
sample_new_tokens = 8
"""


class Clm(CommandCase):
    def setUp(self):
        super().setUp()
        self.text = self.place.folder / "text.txt"
        self.text.write_text("".join(f"{WORDS[i % 10]} is {i % 10},\n\tsay 中\n" for i in range(200)))
        self.definition = self.place.folder / "clm.toml"
        self.definition.write_text(DEFINITION.format(text=self.text, steps=20))

    def test_results_have_loss_perplexity_bits_per_byte_and_continuations(self):
        with h5py.File(self.once(self.definition)) as file:
            summary = {name: value[()] for name, value in file["summary"].items()}
            self.assertAlmostEqual(summary["perplexity"], np.exp(summary["loss"]), places=12)
            data = {name: column[:] for name, column in file["tables/data"].items()}
            tokens, text_bytes = data["tokens"], data["text_bytes"]
            self.assertEqual(sum(text_bytes), self.text.stat().st_size)
            # A token a character, BOS and EOS; the character of three bytes is one.
            self.assertEqual(sum(tokens), len(self.text.read_text()) + 4)
            # Every token but BOS is a target of the evaluation.
            nll = summary["loss"] * (tokens[1] - 1)
            self.assertAlmostEqual(summary["bits_per_byte"], nll / np.log(2) / text_bytes[1], places=9)
            self.assertEqual(len(file["tables/samples/answer"]), 1)
            self.assertLess(file["steps/loss"][-1], file["steps/loss"][0])
            # 4 sequences of 32 tokens; the text is one document, so each token is a target.
            self.assertEqual(file["steps/target_tokens"][0], 128)

    def test_stopped_at_any_step_it_continues_to_the_same_bits(self):
        expected = deterministic_content(self.once(self.definition))
        self.assert_stops_change_no_bit((self.definition,), ((0, 8), (3, 19)), expected)

    def test_recomputed_activations_give_the_same_bits(self):
        expected = deterministic_content(self.once(self.definition))
        recomputed = self.run_ok(self.definition, "--set", "training.recompute_activations=true")
        self.assertEqual(deterministic_content(recomputed), expected)

    def test_every_precision_trains_and_resumes_to_the_same_bits(self):
        losses = {}
        for precision in ("fp32", "autocast", "mixed"):
            change = ("--set", f"training.precision={precision}")
            if precision == "fp32":  # the default, whose stops have a test of their own
                whole = self.once(self.definition)
            else:
                whole = self.run_ok(self.definition, *change)
                out = self.place.folder / precision
                self.run_ok(self.definition, *change, "--out", out, "--stop-after-step", 7)
                resumed = self.run_ok(self.definition, *change, "--out", out, "--resume", **NAN_FILLED)
                self.assertEqual(deterministic_content(resumed), deterministic_content(whole), precision)
            with h5py.File(whole) as file:
                losses[precision] = file["summary/loss"][()]
        # Twenty steps of a model that begins at ln(V): all learn, none by the same bits.
        self.assertEqual(len(set(losses.values())), 3)
        for precision in ("autocast", "mixed"):
            self.assertLess(abs(losses[precision] - losses["fp32"]), 0.05 * losses["fp32"])
        folder = self.place.folder / "bf16"
        self.run_ok("--export", whole, folder)
        self.assertEqual(json.loads((folder / "config.json").read_text())["torch_dtype"], "bfloat16")

    def test_a_trained_model_continues_text_and_is_fine_tuned(self):
        path = self.once(self.definition)
        done = self.place.run("--generate", path, "one is")
        self.assertEqual(done.returncode, 0, done.stderr)
        folder = self.place.folder / "pretrained"
        self.run_ok("--export", path, folder)
        sft = self.place.write_definition(
            "sft.toml", replace=((f'num_kv_heads = 1\n', ""), ("[data]", f"""[init]
weights = "folder"
folder = "{folder}"

[data]"""), ("[tokenizer]\npath = ", f'[tokenizer]\npath = "{folder}/tokenizer.model" # ')))
        begun = self.run_ok(sft)
        with h5py.File(begun) as file:
            self.assertIn("initial_weights", file["inputs"].attrs)

    def test_bad_text_and_missing_text_are_4_and_5(self):
        self.text.write_bytes(b"abc\xff")
        self.assert_fails(self.place.run(self.definition), 4, "byte 3 is not UTF-8")
        self.text.unlink()
        self.assert_fails(self.place.run(self.definition), 5, str(self.text))


if __name__ == "__main__":
    unittest.main()
