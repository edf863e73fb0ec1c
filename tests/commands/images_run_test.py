"""Images through the real binary: the data set, pre-training on it, controls, one's own PNG files, export.

usage: images_run_test.py SOURCE_FOLDER BUILD_FOLDER [unittest arguments]; needs h5py.
"""

import gzip
import hashlib
import json
import os
import pathlib
import random
import re
import shutil
import struct
import sys
import unittest
import zlib

import h5py
import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from command_case import SOURCE, CommandCase, summary_of  # noqa: E402
from tiny_run import deterministic_content, symbols_clm  # noqa: E402

sys.path.insert(0, str(SOURCE / "tests/harness/images"))
import rows_oracle  # noqa: E402

WIDTH, HEIGHT = 6, 4
IMAGES = """\
stage = "images"
base_seed = 3
[run]
threads = {threads}
[images]
path = "{path}"
patch_width = 3
patch_height = 4
training_images = 30
images_per_row = 2
train_rows = 200
validation_rows = 40
max_shift = 1
nearest_neighbour = true
[images.table]
width = 6
height = 4
white = 9
"""


def png(lines):
    """A grey image, by zlib and the standard alone."""
    def chunk(name, data):
        return (struct.pack(">I", len(data)) + name + data
                + struct.pack(">I", zlib.crc32(name + data)))

    header = struct.pack(">IIBBBBB", len(lines[0]), len(lines), 8, 0, 0, 0, 0)
    data = zlib.compress(b"".join(b"\0" + bytes(line) for line in lines))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def drawn_images(count, white):
    draw = random.Random(5)
    return [([[draw.randint(0, white) for _ in range(WIDTH)] for _ in range(HEIGHT)],
             draw.choice("abc")) for _ in range(count)]


def striped_images(count, white):
    """The text is the third of the columns that is bright: what a model can learn. Texts take turns, so
    that none is frequent among those that are held out."""
    draw = random.Random(6)
    columns = WIDTH // 3

    def pixel(x, third):
        return draw.randint(2 * white // 3, white) if x // columns == third else draw.randint(0, white // 3)

    return [([[pixel(x, number % 3) for x in range(WIDTH)] for _ in range(HEIGHT)], "abc"[number % 3])
            for number in range(count)]


def table_of(images):
    return "".join(",".join(map(str, sum(lines, []))) + f",{text}\n" for lines, text in images)


class Images(CommandCase):
    def setUp(self):
        super().setUp()
        self.images = drawn_images(40, 9)
        self.images[35] = (self.images[0][0], self.images[35][1])  # held out and trained on
        self.table = self.place.folder / "table.csv"
        self.table.write_text(table_of(self.images))

    def define(self, name, text):
        path = self.place.folder / f"{name}.toml"
        path.write_text(text)
        return path

    def make_rows(self):
        """The folder of its run, and its results."""
        result = self.once(self.define("rows", IMAGES.format(threads=2, path=self.table)))
        return result.parent, result

    def rows_of(self, run):
        (folder,) = (path.parent for path in (run / "artifact").rglob("rows.json"))
        return folder

    def define_clm(self, run, vector_size=12, name="trained"):
        return self.define(name, symbols_clm(model={"vector_size": vector_size},
                                             data={"dataset": None, "path": str(run)}))

    def test_rows_are_those_of_the_second_implementation(self):
        run, result = self.make_rows()
        spec = {"patch_width": 3, "patch_height": 4, "training_images": 30, "images_per_row": 2,
                "train_rows": 200, "validation_rows": 40, "max_shift": 1}
        oracle = rows_oracle.Rows(spec, 3, self.images)
        folder = self.rows_of(run)
        manifest = json.loads((folder / "rows.json").read_text())
        self.assertEqual(manifest["format_version"], 2)
        self.assertEqual(manifest["vectors"], {"size": 12, "white": 9})
        for part in ("train", "validation"):
            rows = [oracle.row(part, index) for index in range(oracle.count(part))]
            tokens = np.fromfile(next(folder.glob(f"{part}*.tokens")), "<u2")
            self.assertEqual(tokens.tolist(), sum((row["tokens"] for row in rows), []))
            ends = np.fromfile(folder / f"{part}.vector_ends", "<i8")
            self.assertEqual(ends.tolist(), np.cumsum([len(row["vectors"]) for row in rows]).tolist())
            values = np.fromfile(folder / f"{part}.vectors", "u1")
            self.assertEqual(values.tolist(), sum((sum(row["vectors"], []) for row in rows), []))
        held_out = [oracle.row("validation", index)["images"] for index in range(40)]
        with h5py.File(result) as file:
            summary = summary_of(file)
        for predictor, max_shift in (("nearest_neighbour", 0), ("nearest_neighbour_moved", 1)):
            texts = dict(zip(oracle.parts["validation"], oracle.nearest_texts(max_shift)))
            right = [[texts[image] == self.images[image][1] for image in row] for row in held_out]
            self.assertAlmostEqual(summary[f"predictor_accuracy/{predictor}"], np.mean(right), places=12)
            self.assertAlmostEqual(summary[f"predictor_exact_match/{predictor}"],
                                   np.mean([all(row) for row in right]), places=12)
        self.assertEqual(summary["examples/train"], 200)
        self.assertEqual(summary["vocab_size"], 4 + 3)
        trained = {str(self.images[image][0]) for index in range(200)
                   for image in oracle.row("train", index)["images"]}
        asked = {str(self.images[image][0]) for row in held_out for image in row}
        self.assertEqual(summary["held_out_in_training"], len(trained & asked))
        self.assertEqual(len(trained & asked), 1)

    def test_a_model_learns_to_read_them_and_not_without_them(self):
        """Held-out images, of which a control reads a third, or as many as have the most frequent text at
        their place: 39 of 80 in these rows."""
        self.table = self.place.folder / "striped.csv"
        self.table.write_text(table_of(striped_images(40, 9)))
        run, _ = self.make_rows()
        sets = ("training.steps=400", "evaluation.every_steps=200", "model.initializer_std=0.2",
                "run.checkpoint_every_steps=400")
        arguments = [word for value in sets for word in ("--set", value)]
        with h5py.File(self.run_ok(self.define_clm(run), *arguments)) as file:
            summary = summary_of(file)
            samples = {group for group in file["tables/samples/group"][:]}
        self.assertGreater(summary["answer_symbol_accuracy"], 0.8)
        self.assertLess(summary["answer_symbol_accuracy/zero"], 0.55)
        self.assertLess(summary["answer_symbol_accuracy/shuffled"], 0.55)
        self.assertLess(summary["loss"], summary["loss/zero"])
        self.assertLess(summary["loss"], summary["loss/shuffled"])
        for metric in ("loss", "exact_match", "answer_symbol_accuracy"):
            for arm in ("", "/zero", "/shuffled"):
                self.assertIn(metric + arm, summary)
        self.assertEqual(samples, {b"images", b"zero", b"shuffled"})

    def test_stopped_at_any_step_it_continues_to_the_same_bits(self):
        run, _ = self.make_rows()
        definition = self.define_clm(run)
        expected = deterministic_content(self.once(definition))
        self.assert_stops_change_no_bit((definition,), ((0, 3, 9),), expected)

    def test_ranks_and_sharding_change_no_bit(self):
        """Without clipping, whose norm ranks add up otherwise."""
        run, _ = self.make_rows()
        definition = self.define_clm(run)
        losses = []
        for arguments in ((), ("--nproc", "2"),
                          ("--nproc", "2", "--set", "training.sharding=optimizer_states")):
            with h5py.File(self.run_ok(definition, "--set", "optimizer.max_grad_norm=0", *arguments)) as file:
                losses.append(file["steps/loss"][:].tolist())
        self.assertEqual(losses[0], losses[1])
        self.assertEqual(losses[0], losses[2])

    def test_a_model_of_other_vectors_is_refused(self):
        run, _ = self.make_rows()
        self.assert_fails(self.place.run(self.define_clm(run, vector_size=0)), 2,
                          "model.vector_size is 0, but rows of data.dataset begin with vectors of 12")

    def test_probes_which_are_text_are_refused_before_training(self):
        run, _ = self.make_rows()
        probe = self.place.folder / "probe.jsonl"
        probe.write_text(json.dumps({"text": "abc"}) + "\n")
        definition = self.define_clm(run, name="probed")
        with open(definition, "a") as file:
            file.write(f'[[probes]]\nname = "text"\nrequest = "rolling"\npath = "{probe}"\n')
        done = self.place.run(definition)
        self.assert_fails(done, 2, "probes: the model takes rows that begin with vectors of 12")
        self.assertNotIn("step 1/", done.stderr)

    def test_ones_own_png_files_are_read(self):
        folder = self.place.folder / "mine"
        (folder / "pictures").mkdir(parents=True)
        records = []
        for number, (lines, text) in enumerate(drawn_images(40, 255)):
            name = f"pictures/{number}.png"
            (folder / name).write_bytes(png(lines))
            records.append(json.dumps({"image": name, "text": text}) + "\n")
        (folder / "images.jsonl").write_text("".join(records))
        lines = IMAGES.format(threads=1, path=folder).split("[images.table]")[0]
        run = self.place.folder / "run_mine"
        self.run_ok(self.define("mine", lines), "--portable", "--out", run)
        rows = self.rows_of(run)
        self.assertEqual(json.loads((rows / "rows.json").read_text())["vectors"], {"size": 12, "white": 255})
        spec = {"patch_width": 3, "patch_height": 4, "training_images": 30, "images_per_row": 2,
                "train_rows": 200, "max_shift": 1}
        oracle = rows_oracle.Rows(spec, 3, drawn_images(40, 255))
        values = np.fromfile(rows / "train.vectors", "u1")
        self.assertEqual(values.tolist(), sum((sum(oracle.row("train", index)["vectors"], [])
                                               for index in range(200)), []))
        with h5py.File(self.run_ok(self.define_clm(run))) as file:
            self.assertIn("exact_match", summary_of(file))
        (folder / "pictures/7.png").write_bytes(png(self.images[0][0])[:-20])
        self.assert_fails(self.place.run(self.define("broken", lines)), 4,
                          "images.jsonl:8: ", "pictures/7.png: cannot be read as PNG")

    def test_an_exported_model_has_the_projection_and_is_not_asked_by_text(self):
        run, _ = self.make_rows()
        result = self.once(self.define_clm(run))
        target = self.place.folder / "exported"
        done = self.place.run("--export", result, target)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("vectors of 12 values", done.stderr)
        config = json.loads((target / "config.json").read_text())
        self.assertEqual(config["prefix_vector_size"], 12)
        weights = (target / "model.safetensors").read_bytes()
        header = json.loads(weights[8:8 + struct.unpack("<Q", weights[:8])[0]])
        self.assertEqual(header["model.embed_vectors.weight"]["shape"], [16, 12])
        self.assertEqual(header["model.embed_vectors.bias"]["shape"], [16])
        self.assert_fails(self.place.run("--generate", result, "a"), 2, "rows that begin with vectors of 12")

    def write_archive(self, folder):
        """apt-get and dpkg-deb that give a package with 1,400 digits; the PATH with them, and the
        digest of what is kept of the package."""
        name = "usr/lib/python3/dist-packages/sklearn/datasets/data/digits.csv.gz"
        draw = random.Random(1)
        table = "".join(",".join(str(draw.randint(0, 16)) for _ in range(64)) + f",{draw.randint(0, 9)}\n"
                        for _ in range(1400))
        content = folder / "content"
        (content / name).parent.mkdir(parents=True)
        (content / name).write_bytes(gzip.compress(table.encode(), mtime=0))
        scripts = {"apt-get": "touch no-such-package_1.0_all.deb",
                   "dpkg-deb": f"""case "$1" in -x) cp -r {content}/. "$3" ;; *) echo 1.0 ;; esac"""}
        for script, text in scripts.items():
            (folder / script).write_text(f"#!/bin/sh\n{text}\n")
            (folder / script).chmod(0o755)
        digest = hashlib.sha256((content / name).read_bytes()).hexdigest()
        return f"{folder}:{os.environ['PATH']}", hashlib.sha256(f"{name} {digest}\n".encode()).hexdigest()

    def test_the_experiment_runs(self):
        """read_digits and its rows, of which there are fewer, of other digits."""
        experiments = self.place.folder / "experiments"
        for name in ("read_digits", "digit_strips", "data"):
            shutil.copytree(SOURCE / "experiments" / name, experiments / name)
        path, digest = self.write_archive(self.place.folder / "archive")
        changes = {"digit_strips/v1.toml": {"train_rows": 600, "validation_rows": 50},
                   "data/digits.toml": {"sha256": f'"{digest}"'}}
        for name, values in changes.items():
            text = (experiments / name).read_text()
            for key, value in values.items():
                text, count = re.subn(rf"(?m)^{key} = .+$", f"{key} = {value}", text)
                self.assertEqual(count, 1, key)
            (experiments / name).write_text(text)
        done = self.place.run("--experiments", experiments, "--lock")
        self.assertEqual(done.returncode, 0, done.stderr)
        result = self.run_ok("--experiments", experiments, "read_digits", "--steps", 3, PATH=path)
        with h5py.File(result) as file:
            self.assertIn("answer_symbol_accuracy/zero", summary_of(file))


if __name__ == "__main__":
    unittest.main()
