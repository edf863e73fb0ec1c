"""Runs that begin from the weights of a Hugging Face folder: where their geometry comes from, and
which files they are read from, through the real binary.

usage: folder_weights_test.py SOURCE_FOLDER BUILD_FOLDER [unittest arguments]; needs h5py.
"""

import json
import pathlib
import shutil
import sys
import unittest

import h5py

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from command_case import CommandCase  # noqa: E402
from tiny_run import DEFINITION, deterministic_content  # noqa: E402

MODEL = DEFINITION[DEFINITION.index("[model]"):DEFINITION.index("[tokenizer]")]
# Two heads of 32 where the residual stream is 16 wide.
GEOMETRY = {"family": "llama", "hidden_size": 16, "num_layers": 2, "num_heads": 2,
            "num_kv_heads": 1, "head_dim": 32, "intermediate_size": 24, "max_positions": 512,
            "rope_theta": 10000, "rms_norm_eps": 3e-06, "initializer_std": 0.02,
            "tie_embeddings": True, "vector_size": 0}


class FolderWeights(CommandCase):
    def setUp(self):
        super().setUp()
        self.folder = self.place.folder / "weights"
        first = self.place.write_definition(
            "first.toml", steps=2, replace=[("num_kv_heads = 1\n", "num_kv_heads = 1\nhead_dim = 32\n"
                                             "rms_norm_eps = 3e-6\n")])
        self.first = self.run_ok(first)
        self.run_ok("--export", self.first, self.folder)

    def from_folder(self, name="second.toml", folder=None):
        """A definition without [model] that begins where the first run ended."""
        return self.place.write_definition(
            name, steps=2, replace=[(MODEL, "")],
            extra=f'\n[init]\nweights = "folder"\nfolder = "{folder or self.folder}"\n')

    def geometry(self, results):
        with h5py.File(results) as file:
            return json.loads(file["provenance"].attrs["model_geometry"])

    def test_heads_of_their_own_width_train_export_and_begin_again(self):
        config = json.loads((self.folder / "config.json").read_text())
        self.assertEqual(config["head_dim"], 32)
        self.assertEqual(self.geometry(self.first), GEOMETRY)
        second = self.run_ok(self.from_folder())
        self.assertEqual(self.geometry(second), GEOMETRY)
        with h5py.File(self.first) as a, h5py.File(second) as b:
            self.assertEqual(a["summary/parameters"][()], b["summary/parameters"][()])
            self.assertNotIn('"model"', b["definition"].attrs["json"])
        again = self.place.folder / "again"
        self.run_ok("--export", second, again)
        exported = json.loads((again / "config.json").read_text())
        self.assertEqual(exported, config)

    def test_fields_that_differ_are_all_named_in_digits_that_can_be_copied(self):
        definition = self.from_folder()
        fits = ("--set", "model.rms_norm_eps=3e-06", "--set", "model.num_kv_heads=1")
        self.run_ok(definition, *fits)
        done = self.place.run(definition, "--set", "model.rms_norm_eps=3.0000001e-6",
                              "--set", "model.head_dim=0", "--set", "model.tie_embeddings=false")
        self.assert_fails(done, 2, "head_dim is 8 here and 32 there, rms_norm_eps is 3.0000001e-06 "
                          "here and 3e-06 there, tie_embeddings is false here and true there")
        # A rule that only holds with the folder's positions.
        done = self.place.run(definition, "--set", "training.max_tokens=513")
        self.assert_fails(done, 2, "training.max_tokens: 513 is more than model.max_positions 512")
        done = self.place.run(definition, "--set", "init.weights=random")
        self.assert_fails(done, 2, "model.hidden_size: missing key, an integer")

    def test_the_plan_knows_the_geometry_of_the_folder(self):
        done = self.place.run(self.from_folder(), "--plan", "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        with h5py.File(self.first) as file:
            parameters = file["summary/parameters"][()]
        self.assertEqual(json.loads(done.stdout)["trained_parameters"], parameters)

    def test_weights_that_transformers_would_not_read_are_named_and_change_nothing(self):
        alone = self.run_ok(self.from_folder())
        (self.folder / "model.safetensors.index.json").write_text('{"weight_map": {"w": "gone"}}')
        (self.folder / "model-00001-of-00002.safetensors").write_bytes(b"other")
        (self.folder / "pytorch_model.bin").write_bytes(b"other")
        names = "model-00001-of-00002.safetensors, model.safetensors.index.json, pytorch_model.bin"
        done = self.place.run(self.from_folder())
        self.assertEqual(done.returncode, 0, done.stderr)
        said = [line for line in done.stderr.splitlines() if "not used" in line]
        self.assertEqual(len(said), 1, done.stderr)
        self.assertTrue(said[0].endswith(f"read from model.safetensors, as transformers does; not used: {names}"))
        beside = done.stdout.split()[-1]
        self.assertEqual(deterministic_content(beside), deterministic_content(alone))
        with h5py.File(alone) as a, h5py.File(beside) as b:
            self.assertEqual(a["inputs"].attrs["initial_weights"], b["inputs"].attrs["initial_weights"])
            self.assertEqual(b["notes"].attrs["unused_weight_files_of_initial_weights"], names)
            self.assertNotIn("unused_weight_files_of_initial_weights", a["notes"].attrs)

    def test_a_folder_of_pickles_is_refused_with_the_way_to_convert_it(self):
        pickles = self.place.folder / "pickles"
        shutil.copytree(self.folder, pickles)
        (pickles / "model.safetensors").rename(pickles / "pytorch_model.bin")
        done = self.place.run(self.from_folder(folder=pickles))
        self.assert_fails(done, 4, "pytorch_model.bin is of a format that is not read")
        self.assertIn("save_pretrained", done.stderr)

    def test_a_nul_byte_in_the_configuration_is_an_error(self):
        config = self.folder / "config.json"
        config.write_bytes(config.read_bytes() + b"\0")
        lines = config.read_bytes().count(b"\n")
        self.assert_fails(self.place.run(self.from_folder()), 4,
                          f"config.json:{lines + 1}:1: no valid JSON: a NUL byte")


if __name__ == "__main__":
    unittest.main()
