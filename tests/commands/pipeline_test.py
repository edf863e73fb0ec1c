"""Experiments that need each other, and the store that they meet in, through the real binary.

usage: pipeline_test.py SOURCE_FOLDER BUILD_FOLDER [unittest arguments]; needs h5py.
"""

import hashlib
import json
import os
import pathlib
import re
import shutil
import struct
import sys
import tempfile
import time
import unittest

import h5py

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from command_case import CommandCase  # noqa: E402
from tiny_run import HERE  # noqa: E402


def write_experiments(place):
    """experiments/{data/source,messages,pieces,model} and the source's records in the store."""
    traditional, simplified = "檔案開啟設定無效錯誤", "档案开启设定无效错误"
    records = set()
    for i in range(10):
        for j in range(10):
            for k in range(10):
                text = [chars[i] + chars[j] + chars[k] for chars in (traditional, simplified)]
                records.add(json.dumps({"catalogue": "m.mo", "context": "", "english": f"Item {i}{j}{k}",
                                        "translations": {"zh_CN": text[1], "zh_TW": text[0]}},
                                       ensure_ascii=False, separators=(",", ":")))
    content = "".join(line + "\n" for line in sorted(records, key=str.encode)).encode()
    digest = hashlib.sha256(content).hexdigest()
    sources = place.store / "sources"
    sources.mkdir(parents=True)
    (sources / f"source-{digest[:16]}.jsonl").write_bytes(content)
    root = place.folder / "experiments"
    files = {
        "data/source.toml": f"""kind = "gettext"
package = "no-such-package"
licence = "none"
description = "made by a test"
files = ["usr/share/locale/*/LC_MESSAGES/*.mo"]
sha256 = "{digest}"
""",
        "messages/v1.toml": """stage = "translations"
[translations]
sources = ["source"]
""",
        "pieces/v1.toml": """stage = "tokenizer"
[tokenizer]
dataset = "messages@1"
algorithm = "bpe"
vocab_size = 400
split_han = true
template_pieces = "alpaca"
""",
        "model/v1.toml": place.definition.read_text()
        .replace(f'path = "{HERE}/testdata/tiny.model"', 'artifact = "pieces@1"')
        .replace(f'path = "{place.data}"', 'dataset = "messages@1"'),
    }
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")


def write_fake_archive(folder):
    """apt-get and dpkg-deb that give a package with one catalogue a language; the PATH with them."""
    def catalogue(text):
        pairs = [(b"", b"Content-Type: text/plain; charset=UTF-8\n"), (b"Open", text.encode())]
        start = 28 + 16 * len(pairs)
        tables, strings = [b"", b""], b""
        for column in (0, 1):
            for pair in pairs:
                tables[column] += struct.pack("<2I", len(pair[column]), start + len(strings))
                strings += pair[column] + b"\0"
        return struct.pack("<7I", 0x950412DE, 0, len(pairs), 28, 28 + 8 * len(pairs), 0,
                           start) + tables[0] + tables[1] + strings

    content = folder / "content"
    for language, text in (("zh_CN", "打开"), ("zh_TW", "開啟")):
        place = content / "usr/share/locale" / language / "LC_MESSAGES"
        place.mkdir(parents=True)
        (place / "m.mo").write_bytes(catalogue(text))
    scripts = {"apt-get": "touch no-such-package_1.0_all.deb",
               "dpkg-deb": f"""case "$1" in -x) cp -r {content}/. "$3" ;; *) echo 1.0 ;; esac"""}
    for name, text in scripts.items():
        (folder / name).write_text(f"#!/bin/sh\n{text}\n")
        (folder / name).chmod(0o755)
    return f"{folder}:{os.environ['PATH']}"


class Pipeline(CommandCase):
    """Committed experiments that need each other, over a source that is in the store already."""

    made = None  # of the first test that asked: the run of `model` in an empty store, its seconds, that store then

    def setUp(self):
        super().setUp()
        write_experiments(self.place)
        self.root = self.place.folder / "experiments"
        self.options = ("--experiments", self.root)

    def make_model(self):
        """Has the model and what it needs in the store, which was empty. Returns the run that made them, and how long
        it took."""
        self.lock_once(self.root)
        if Pipeline.made is None:
            kept = tempfile.TemporaryDirectory(prefix="bench-test-")
            self.addClassCleanup(kept.cleanup)
            store = pathlib.Path(kept.name) / "store"
            begin = time.monotonic()
            done = self.place.run("experiments/model", *self.options)
            took = time.monotonic() - begin
            self.assertEqual(done.returncode, 0, done.stderr)
            shutil.copytree(self.place.store, store)
            Pipeline.made = done, took, store
        else:
            shutil.copytree(Pipeline.made[2], self.place.store, dirs_exist_ok=True)
        return Pipeline.made[:2]

    def model_results(self):
        return self.place.store / "runs" / "model@1" / "1" / "results.h5"

    def test_experiments_that_are_needed_run_first_once(self):
        done, _ = self.make_model()
        self.assertIn("messages@1 is not in the store: running it first", done.stderr)
        self.assertIn("pieces@1 is not in the store: running it first", done.stderr)
        self.assertEqual(len(list(self.place.store.glob("runs/*/*/results.h5"))), 3)
        self.assertTrue(done.stdout.splitlines()[-1].endswith("/store/runs/model@1/1/results.h5"), done.stdout)
        with h5py.File(self.model_results()) as file:
            self.assertEqual(file.attrs["version"], 1)
            self.assertEqual(set(file["inputs"].attrs), {"dataset", "prompt_template", "tokenizer"})
            self.assertIn("exact_match:zh_hant_zh_hans", file["evals"])
        again = self.place.run("model@1", "--steps", 1, *self.options)
        self.assertEqual(again.returncode, 0, again.stderr)
        self.assertNotIn("running it first", again.stderr)

    def test_dry_run_says_what_comes_first_in_which_order_and_makes_nothing(self):
        self.lock_once(self.root)
        done = self.place.run("model", "--dry-run", *self.options)
        self.assertEqual(done.returncode, 0, done.stderr)
        first, messages, pieces, own = done.stdout.splitlines()
        self.assertIn("model@1 needs 2 experiments first", first)
        self.assertRegex(messages, r"^  messages@1: time not measured here, little disk$")
        self.assertRegex(pieces, r"^  pieces@1: time not measured here, disk known once its inputs are there$")
        self.assertIn("model@1: time not measured here, disk known once its inputs are there", own)
        self.assertEqual(list(self.place.store.glob("runs/*")), [])

        real, _ = self.make_model()
        self.assertIn("needs 2 experiments first", real.stderr)
        done = self.place.run("model", "--dry-run", *self.options)
        needs, own = done.stdout.splitlines()
        self.assertEqual(needs, "model@1 needs nothing first that the store does not have")
        self.assertRegex(own, r"^model@1: took \d+ s when last measured here, at most .* of disk$")
        # Of another definition than those that were measured nothing is known, and its runs say
        # nothing of this one.
        done = self.place.run("model", "--dry-run", "--steps", 1, *self.options)
        self.assertIn("model@1: time not measured here", done.stdout)
        self.run_ok("model", "--steps", 1, *self.options)
        self.model_results().unlink()
        done = self.place.run("model", "--dry-run", *self.options)
        self.assertIn("model@1: time not measured here", done.stdout)

    def test_experiments_that_need_each_other_are_an_error_of_their_own(self):
        text = self.place.definition.read_text().replace(
            f'path = "{HERE}/testdata/tiny.model"', 'artifact = "pieces@1"').replace(
            f'path = "{self.place.data}"', 'dataset = "messages@1"')
        for name, other in (("hen", "egg"), ("egg", "hen")):
            (self.root / name).mkdir()
            (self.root / name / "v1.toml").write_text(
                text.replace("[tokenizer]", f'[init]\nweights = "artifact"\nartifact = "{other}@1"\n\n[tokenizer]'), encoding="utf-8")
        self.place.run("--lock", *self.options)
        for more in ((), ("--dry-run",)):
            self.assert_fails(self.place.run("hen@1", *more, *self.options), 2, "egg@1", "hen@1")

    def test_making_what_is_needed_first_is_not_the_runs_time(self):
        _, took = self.make_model()
        times = {}
        for path in self.place.store.glob("runs/*/*/results.h5"):
            with h5py.File(path) as file:
                times[file.attrs["experiment"]] = {
                    name: file["summary"][name][()]
                    for name in ("setup_time", "prerequisites_time", "wall_time")}
        needed = sum(sum(times[name].values()) for name in ("messages", "pieces"))
        # The two were waited for from before their start to after their end (known to 0.01 s each).
        self.assertGreaterEqual(times["model"]["prerequisites_time"], needed - 0.02)
        self.assertLessEqual(sum(times["model"].values()), took + 0.01)
        self.assertLessEqual(times["model"]["wall_time"], took - needed + 0.03)

    def test_plan_has_the_vocabulary_of_the_tokenizer_once_there_is_one(self):
        self.lock_once(self.root)
        plan = ("model", *self.options, "--plan")
        self.assertIn("by the definition of pieces@1", self.place.run(*plan).stdout)
        self.make_model()
        self.assertIn("400, of the tokenizer that pieces@1 made", self.place.run(*plan).stdout)

    def test_damaged_artifact_is_made_again(self):
        self.make_model()
        # The trained model's artifact holds a copy of the tokenizer too; the tokenizer's own is meant.
        (model,) = (path for path in self.place.store.glob("objects/*/tokenizer.model")
                    if not (path.parent / "config.json").exists())
        model.write_bytes(model.read_bytes()[:-1] + b"x")
        done = self.place.run("model", "--steps", 1, *self.options)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("pieces@1 is not in the store", done.stderr)

    def test_damaged_artifact_that_no_recipe_is_asked_for_is_refused_with_4(self):
        self.make_model()
        results = self.model_results()
        (weights,) = self.place.store.glob("objects/*/model.safetensors")
        data = bytearray(weights.read_bytes())
        data[-1] ^= 1
        weights.write_bytes(data)
        self.assert_fails(self.place.run("--generate", results, "spell 1"), 4, "model.safetensors")
        self.assert_fails(self.place.run("--export", results, "exported"), 4, "model.safetensors")
        self.assertFalse((self.place.folder / "exported").exists())

    def test_store_is_not_pruned_while_a_run_uses_it(self):
        self.lock_once(self.root)
        definition = self.place.write_definition("long.toml", steps=100000)
        process = self.place.start(definition)
        while not list(self.place.store.glob("runs/*/*/checkpoints/step-*")):
            self.assertIsNone(process.poll())
            time.sleep(0.01)
        self.assert_fails(self.place.run("--store", "prune", *self.options), 5)
        process.kill()
        process.communicate()
        self.assertTrue(list(self.place.store.glob("runs/*/*/checkpoints/step-*")))

    def test_model_that_does_not_fit_on_the_disk_is_5_before_anything_is_made(self):
        definition = self.place.write_definition("huge.toml", replace=[
            ("hidden_size = 16", "hidden_size = 1048576"),
            ("intermediate_size = 24", "intermediate_size = 1048576")])
        done = self.place.run(definition, "--out", "huge")
        # 12 times 2^40 parameters of 40 bytes each: 480 TiB.
        self.assert_fails(done, 5, "huge: the run needs 48", "TiB of disk", "are free")
        self.assertFalse((self.place.folder / "huge" / "run.journal").exists())

    def test_unlocked_and_edited_definitions_are_2(self):
        self.assert_fails(self.place.run("model", *self.options), 2, "--lock")
        self.place.run("--lock", *self.options)
        path = self.root / "pieces" / "v1.toml"
        path.write_text(path.read_text().replace("400", "410"), encoding="utf-8")
        done = self.place.run("pieces", *self.options)
        self.assert_fails(done, 2, "pieces@1")
        self.assertEqual(self.place.run("--lock", *self.options).returncode, 2)
        self.assertEqual(self.place.run("--check", *self.options).returncode, 2)

    def test_changed_source_is_4_and_names_both_digests(self):
        self.lock_once(self.root)
        manifest = self.root / "data" / "source.toml"
        declared = hashlib.sha256(b"other").hexdigest()
        text = manifest.read_text()
        manifest.write_text(text.replace(text.split('sha256 = "')[1][:64], declared),
                            encoding="utf-8")
        path = write_fake_archive(self.place.folder / "archive")
        done = self.place.run("messages", *self.options, PATH=path)
        self.assert_fails(done, 4, declared, "source")
        digests = re.findall(r"\b[0-9a-f]{64}\b", done.stderr)
        self.assertEqual(len(set(digests)), 2, done.stderr)

    def test_artifact_of_another_stage_is_2(self):
        self.lock_once(self.root)
        done = self.place.run("model", *self.options, "--set", "tokenizer.artifact=messages@1")
        self.assert_fails(done, 2, "messages@1 cannot be the tokenizer")

    def test_store_lists_and_prunes_what_no_locked_definition_needs(self):
        self.make_model()
        for out in ("kept", "other"):
            vocab_size = 390 - 2 * (out == "kept")
            self.place.run("pieces", *self.options, "--set", f"tokenizer.vocab_size={vocab_size}",
                           "--out", out)
        shutil.rmtree(self.place.folder / "other")
        listed = self.place.run("--store", "list", *self.options)
        reasons = sorted(re.findall(r"\(prunable: (.*)\)", listed.stdout))
        self.assertEqual(reasons, ["its run is complete"])
        self.assertIn(f"(kept for the run in {self.place.folder / 'kept'})", listed.stdout)
        other = self.place.folder / "other"
        self.assertIn(f"(kept for a run that is not found in {other})", listed.stdout)
        self.assertEqual(self.place.run("--store", "forget", other).returncode, 0)
        listed = self.place.run("--store", "list", *self.options)
        reasons = sorted(re.findall(r"\(prunable: (.*)\)", listed.stdout))
        self.assertEqual(reasons, ["its run is complete", "no locked definition or run leads to it"])
        pruned = self.place.run("--store", "prune", *self.options)
        self.assertEqual(pruned.returncode, 0, pruned.stderr)
        self.assertIn("pieces@1", pruned.stdout)
        self.assertEqual(list(self.place.store.glob("runs/*/*/checkpoints")), [])
        self.assertEqual(self.place.run("--generate", self.model_results(), "spell 1").returncode, 0)
        self.assertNotIn("prunable:", self.place.run("--store", "list", *self.options).stdout)
        again = self.place.run("model", "--steps", 1, *self.options)
        self.assertEqual(again.returncode, 0, again.stderr)
        self.assertNotIn("running it first", again.stderr)


if __name__ == "__main__":
    unittest.main()
