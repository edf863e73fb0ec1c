"""bench-run with a Hugging Face folder's tokenizer.json as the tokenizer, and with chat templates.

usage: tokenizers_test.py SOURCE_FOLDER BUILD_FOLDER [unittest arguments]; needs h5py.
"""

import json
import shutil
import unittest

import h5py
from command_case import CommandCase
from tiny_run import HERE, deterministic_content


class TokenizersOfOthers(CommandCase):
    def setUp(self):
        super().setUp()
        golden = HERE.parent / "harness" / "tokenizers" / "golden"
        self.folder = self.place.folder / "qwen2"
        self.folder.mkdir()
        shutil.copy(golden / "tokenizer_qwen2.json", self.folder / "tokenizer.json")
        (self.folder / "tokenizer_config.json").write_text('{"eos_token": "<|im_end|>"}')

    def definition(self, prompt_template, extra=""):
        return self.place.write_definition(f"{prompt_template}.toml", extra=extra, replace=[
            (f"{HERE}/testdata/tiny.model", str(self.folder)),
            ("validation_fraction = 0.2",
             f'validation_fraction = 0.2\nprompt_template = "{prompt_template}"')])

    def test_it_trains_generates_exports_and_starts_another_run(self):
        path = self.run_ok(self.definition("chatml"))
        self.assertEqual(self.place.run("--generate", path, "spell 1").returncode, 0)
        self.run_ok("--export", path, "exported")
        exported = self.place.folder / "exported"
        self.assertEqual((exported / "tokenizer.json").read_bytes(),
                         (self.folder / "tokenizer.json").read_bytes())
        settings = json.loads((exported / "tokenizer_config.json").read_text())
        self.assertEqual(settings["eos_token"], "<|im_end|>")
        self.assertNotIn("bos_token", settings)
        self.assertIn("<|im_start|>assistant", settings["chat_template"])
        self.folder = exported
        again = self.run_ok(self.definition(
            "chatml", f'\n[init]\nweights = "folder"\nfolder = "{exported}"\n'))
        with h5py.File(path) as first, h5py.File(again) as second:
            # The second run begins where the first ended.
            self.assertEqual(second["evals/loss"].shape, first["evals/loss"].shape)
            self.assertLess(second["steps/loss"][0], first["steps/loss"][0])

    def test_the_template_and_the_tokenizers_settings_are_inputs(self):
        keys = []
        for prompt_template in ("alpaca", "chatml"):
            keys.append(self.recipe_key(self.run_ok(self.definition(prompt_template))))
        (self.folder / "tokenizer_config.json").write_text('{"eos_token": "<|endoftext|>"}')
        keys.append(self.recipe_key(self.run_ok(self.definition("chatml"))))
        self.assertEqual(len(set(keys)), 3)

    def chat_template(self, jinja):
        (self.folder / "tokenizer_config.json").write_text(
            json.dumps({"eos_token": "<|im_end|>", "chat_template": jinja}))

    def test_the_folders_chat_template_is_used_where_the_definition_writes_none(self):
        unwritten = self.place.write_definition("unwritten.toml", replace=[
            (f"{HERE}/testdata/tiny.model", str(self.folder))])
        named = self.run_ok(self.definition("chatml"))
        self.chat_template(
            "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + "
            "message['content'] + '<|im_end|>' + '\n'}}{% endfor %}"
            "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}")
        done = self.place.run(unwritten)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn('data.prompt_template = "chatml", the chat template in ', done.stderr)
        path = done.stdout.splitlines()[-1]
        self.assertEqual(deterministic_content(path)["steps/loss"],
                         deterministic_content(named)["steps/loss"])
        with h5py.File(path) as file, h5py.File(named) as other:
            self.assertEqual(file["inputs"].attrs["prompt_template"],
                             other["inputs"].attrs["prompt_template"])
            said = file["provenance"].attrs["chat_template"]
            self.assertIn(said, done.stderr)
            self.assertNotIn("chat_template", other["provenance"].attrs)
        self.run_ok("--export", path, "exported")
        settings = json.loads((self.place.folder / "exported" / "tokenizer_config.json").read_text())
        self.assertIn("<|im_start|>assistant", settings["chat_template"])

    def test_a_chat_template_that_is_not_used_is_said(self):
        self.chat_template("{{ messages }}")
        done = self.place.run(self.definition("chatml"))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("none of ours and not used", done.stderr)
        (self.folder / "chat_template.jinja").write_text("{{ bos_token }}")
        done = self.place.run(self.definition("chatml"))
        self.assertIn("chat_template.jinja is none of ours and not used", done.stderr)

    def recipe_key(self, path):
        with h5py.File(path) as file:
            self.assertEqual(set(file["inputs"].attrs), {"data", "prompt_template", "tokenizer"})
            return file.attrs["recipe_key"]

    def test_what_does_not_fit_is_said_in_one_line(self):
        self.assert_fails(self.place.run(self.definition("llama3")), 2, "llama3", "<|eot_id|>")
        whole = (self.folder / "tokenizer.json").read_text()
        changed = whole.replace('"type":"NFC"', '"type":"NFKC"')
        self.assertNotEqual(changed, whole)
        for text, said in ((changed, 'normalizer: the type "NFKC"'), (whole[:-20], "no valid JSON")):
            (self.folder / "tokenizer.json").write_text(text)
            self.assert_fails(self.place.run(self.definition("chatml")), 4, "tokenizer.json: " + said)


if __name__ == "__main__":
    unittest.main()
