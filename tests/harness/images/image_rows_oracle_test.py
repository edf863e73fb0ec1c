"""Rows of images are those of a second implementation (rows_oracle.py), and so are the nearest
neighbours.

usage: image_rows_oracle_test.py SOURCE_FOLDER BUILD_FOLDER [unittest arguments]
"""

import json
import pathlib
import random
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import rows_oracle  # noqa: E402

TOOL = pathlib.Path(sys.argv[2]) / "tests/harness/images/image_rows_tool"
SEED = 11
WIDTH, HEIGHT, WHITE = 6, 4, 9
# Fields of [images] besides the table.
CASES = [
    {"patch_width": 6, "patch_height": 4, "training_images": 30},
    {"patch_width": 3, "patch_height": 2, "held_out_fraction": 0.3},
    {"patch_width": 2, "patch_height": 4, "training_images": 25, "max_shift": 2},
    {"patch_width": 3, "patch_height": 4, "training_images": 30, "images_per_row": 3,
     "train_rows": 50, "validation_rows": 20, "max_shift": 1},
    {"patch_width": 1, "patch_height": 1, "held_out_fraction": 0.2, "train_rows": 30,
     "validation_rows": 10},
]


def table():
    """Few values, so that some images are equal and some distances too."""
    draw = random.Random(5)
    images = []
    for number in range(40):
        if number % 8 == 7:
            images.append((images[number - 5][0], f"t{number % 3}"))
            continue
        lines = [[draw.choice((0, 1, WHITE)) for _ in range(WIDTH)] for _ in range(HEIGHT)]
        images.append((lines, random.Random(number).choice(("a", "bc", "d é", "读"))))
    return images


class Oracle(unittest.TestCase):
    def made(self, fields, images):
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            (folder / "t.csv").write_text("".join(
                ",".join(map(str, (v for line in lines for v in line))) + f",{text}\n"
                for lines, text in images), encoding="utf-8")
            (folder / "d.toml").write_text("\n".join([
                'stage = "images"', f"base_seed = {SEED}", "[images]", f'path = "{folder}/t.csv"',
                *(f"{key} = {value}" for key, value in fields.items()), "[images.table]",
                f"width = {WIDTH}", f"height = {HEIGHT}", f"white = {WHITE}"]) + "\n")
            done = subprocess.run([TOOL, folder / "d.toml"], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def test_rows_are_those_of_the_second_implementation(self):
        images = table()
        for fields in CASES:
            with self.subTest(fields=fields):
                first, *rows = self.made(fields, images)
                oracle = rows_oracle.Rows(fields, SEED, images)
                self.assertEqual(first["symbols"], oracle.symbols)
                self.assertEqual(first["nearest_texts"], oracle.nearest_texts())
                self.assertTrue(oracle.parts["validation"])
                for part in ("train", "validation"):
                    own = [row for row in rows if row["part"] == part]
                    self.assertEqual(len(own), oracle.count(part))
                    for index, row in enumerate(own):
                        expected = oracle.row(part, index)
                        self.assertEqual(row["images"], expected["images"], f"{part} {index}")
                        self.assertEqual(row["tokens"], expected["tokens"], f"{part} {index}")
                        self.assertEqual(row["vectors"], sum(expected["vectors"], []), f"{part} {index}")
                        num_given = len(row["tokens"]) - expected["answer"]
                        self.assertEqual(row["marks"], [0] * num_given + [2] * expected["answer"])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[3:])
