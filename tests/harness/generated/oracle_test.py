"""The rows that the grammars draw are those of a second implementation of each, from the documented
random streams; no key is in both parts; threads change nothing.

usage: oracle_test.py SOURCE_FOLDER BUILD_FOLDER [unittest arguments]
"""

import importlib
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import streams  # noqa: E402

TOOL = pathlib.Path(sys.argv[2]) / "tests/harness/generated/rows_tool"
SEED = 11
ROWS = {"train": 200, "validation": 40}
DEFAULTS = {
    "markov": {"states": 8, "alpha": 0.2, "length": 97},
    "induction": {"symbols": 32, "min_period": 4, "max_period": 16, "length": 64},
    "addition": {"min_digits": 1, "max_digits": 3, "order": "plain", "padded": False,
                 "answers": "right"},
    "s5": {"permutations": 12, "min_steps": 2, "max_steps": 24, "aligned": False,
           "written": "chain"},
    "replace": {"rules": 512, "letters": 20, "rule_length": 2, "text_length": 8, "shown": "own"},
    "facts": {"first_names": 64, "last_names": 64, "values": 64, "facts": 3000,
              "exposures": "draws", "max_exposures": 1024, "targets": "value",
              "middle_names": 0, "tapered_from": 0, "headers": False},
    "sums": {"min_digits": 3, "max_digits": 3, "written": "steps"},
    "retrieval": {"length": 64, "values": 16, "words": 64, "depths": 8},
}
# Grammar, what differs from the defaults, rows by part.
CASES = [
    ("markov", {}, ROWS),
    ("markov", {"states": 3, "alpha": 1.5, "length": 20}, ROWS),
    ("induction", {}, ROWS),
    ("induction", {"symbols": 5, "min_period": 3, "max_period": 3, "length": 11}, ROWS),
    ("induction", {"length": 18}, ROWS),  # the shortest: one target at the longest period
    ("addition", {}, ROWS),
    ("addition", {"max_digits": 4, "order": "reversed", "padded": True}, ROWS),
    ("addition", {"min_digits": 3, "answers": "shuffled"}, ROWS),
    *(("s5", {"written": written}, ROWS) for written in ("chain", "direct", "filler", "wrong")),
    *(("s5", {"written": written, "max_steps": 9, "aligned": True}, ROWS)
      for written in ("chain", "direct", "filler", "wrong")),
    ("s5", {"permutations": 120, "min_steps": 1, "max_steps": 5}, ROWS),
    ("replace", {}, ROWS),
    ("replace", {"rules": 30, "letters": 3, "text_length": 6}, ROWS),
    ("replace", {"rules": 64, "shown": "other"}, ROWS),
    *(("sums", {"min_digits": 1, "written": written}, ROWS)
      for written in ("plain", "reversed", "steps", "wrong")),
    ("retrieval", {}, ROWS),
    ("retrieval", {"length": 20, "values": 2, "words": 3, "depths": 3}, ROWS),
    ("facts", {}, {"train": 400, "validation": 300}),
    ("facts", {"first_names": 7, "last_names": 5, "values": 3, "facts": 30, "exposures": "powers",
               "max_exposures": 8, "targets": "all"}, {"train": 90, "validation": 30}),
    ("facts", {"first_names": 7, "last_names": 5, "values": 3, "facts": 30, "targets": "all"},
     {"train": 40, "validation": 30}),
    ("facts", {"first_names": 3, "middle_names": 4, "last_names": 5, "values": 6, "facts": 45,
               "exposures": "powers", "max_exposures": 8, "tapered_from": 2, "headers": True},
     {"train": 84, "validation": 45}),
    ("facts", {"first_names": 3, "middle_names": 4, "last_names": 5, "values": 6, "facts": 45,
               "targets": "all"}, {"train": 50, "validation": 45}),
]


def toml(value):
    return json.dumps(value)  # the same for strings, numbers and booleans


class Oracle(unittest.TestCase):
    def made(self, grammar, fields, counts, threads=1):
        lines = ['stage = "generated"', f"base_seed = {SEED}", "[generated]",
                 f'grammar = "{grammar}"', *(f"{part}_rows = {counts[part]}" for part in counts),
                 f"[generated.{grammar}]", *(f"{key} = {toml(fields[key])}" for key in fields)]
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "d.toml"
            path.write_text("\n".join(lines) + "\n")
            done = subprocess.run([TOOL, path, str(threads)], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_rows_are_those_of_the_second_implementation(self):
        for grammar, changed, counts in CASES:
            with self.subTest(grammar=grammar, changed=changed):
                first, *lines = map(json.loads, self.made(grammar, changed, counts).splitlines())
                spec = {**DEFAULTS[grammar], **changed, "train_rows": counts["train"]}
                split = streams.Streams(SEED, 0.1)
                oracle = importlib.import_module(f"{grammar}_oracle").Grammar(spec, split)
                self.assertEqual(first["symbols"], oracle.symbols)
                self.assertEqual(first["statements"], getattr(oracle, "statements", None))
                for part in counts:
                    actual = [row for row in lines if row["part"] == part]
                    self.assertEqual(len(actual), counts[part])
                    expected = streams.rows(grammar, oracle.draw, split, part, counts[part])
                    for index, (row, own) in enumerate(zip(actual, expected)):
                        self.compare(row, own, f"{part} {index}")

    def compare(self, row, own, where):
        for field in ("tokens", "marks", "group", "key"):
            self.assertEqual(row[field], own[field], where)
        self.assertEqual(len(row["nll"]), len(own["nll"]), where)
        for losses, expected in zip(row["nll"], own["nll"]):
            self.assertEqual(len(losses), len(expected), where)
            for loss, value in zip(losses, expected):
                # Sums of up to 97 counts and a logarithm, each rounded once.
                self.assertAlmostEqual(loss, value, delta=1e-12, msg=where)

    def test_no_key_is_in_both_parts(self):
        for grammar, changed, counts in CASES:
            if grammar == "facts":  # which asks what it trained on
                continue
            rows = [json.loads(line) for line in self.made(grammar, changed, counts).splitlines()[1:]]
            keys = {part: {row["key"] for row in rows if row["part"] == part} for part in counts}
            self.assertFalse(keys["train"] & keys["validation"], grammar)

    def test_controls_ask_what_their_treatment_asks(self):
        for grammar, treatment, controls in (
                ("s5", {}, [{"written": w} for w in ("direct", "filler", "wrong")]),
                ("replace", {}, [{"shown": "other"}]),
                ("sums", {}, [{"written": w} for w in ("plain", "reversed", "wrong")]),
                ("addition", {"min_digits": 2}, [{"min_digits": 2, "answers": "shuffled"}])):
            keys = self.keys(grammar, treatment)
            self.assertEqual(len(keys), sum(ROWS.values()))
            for control in controls:
                with self.subTest(grammar=grammar, control=control):
                    self.assertEqual(self.keys(grammar, control), keys)

    def keys(self, grammar, changed):
        """Of all rows, with their parts."""
        lines = self.made(grammar, changed, ROWS).splitlines()[1:]
        return [(row["part"], row["key"]) for row in map(json.loads, lines)]

    def test_held_out_facts_are_asked_by_name(self):
        counts = {"train": 300, "validation": 100}
        lines = self.made("facts", {"targets": "all"}, counts).splitlines()[1:]
        marks = {part: {tuple(row["marks"]) for row in map(json.loads, lines)
                        if row["part"] == part} for part in counts}
        self.assertEqual(marks, {"train": {(0, 1, 1, 2, 2)}, "validation": {(0, 0, 0, 2, 2)}})

    def test_no_unseen_rule_is_trained_on(self):
        rows = [json.loads(line) for line in self.made("replace", {}, ROWS).splitlines()[1:]]
        trained = {row["key"].split("|")[0] for row in rows if row["part"] == "train"}
        unseen = {row["key"] for row in rows if row["group"] == "unseen"}
        self.assertEqual(len(unseen), ROWS["validation"] // 2)
        self.assertFalse(trained & unseen)
        seen = {row["key"].split("|")[0] for row in rows
                if row["part"] == "validation" and row["group"] == "seen"}
        self.assertTrue(seen)
        self.assertFalse(seen & unseen)

    def test_threads_change_nothing(self):
        for grammar in DEFAULTS:
            with self.subTest(grammar=grammar):
                counts = {"train": 1000, "validation": 300}
                self.assertEqual(self.made(grammar, {}, counts, threads=1),
                                 self.made(grammar, {}, counts, threads=7))


if __name__ == "__main__":
    del sys.argv[1:3]
    unittest.main()
