"""The rows that the perf_* experiments and their peers read: what the harness writes is what a second implementation
draws, and what the peers' own reader reads; and both sides are defined to do the same work.

usage: perf_data_test.py SOURCE_FOLDER BUILD_FOLDER [unittest arguments]; needs h5py and NumPy, no Torch.
"""

import json
import pathlib
import re
import sys
import tomllib
import unittest

sys.dont_write_bytecode = True  # digests of experiments/peers are of what is committed
sys.path.insert(0, str(pathlib.Path(__file__).parent))
import synthetic_oracle as oracle  # noqa: E402
from command_case import SOURCE, CommandCase  # noqa: E402

PEERS = SOURCE / "experiments/peers"
sys.path.insert(0, str(PEERS / "common"))
import corpus_documents  # noqa: E402
import work  # noqa: E402

VOCAB = 300
LENGTHS = {"sft": [[5, 9], [2, 2], [40, 3]], "preference": [[4, 6, 3], [2, 2, 9]]}
DEFINITIONS = {
    "stream": 'rows = "stream"\nnum_rows = 6\nnum_held_out = 2\nrow_tokens = 16\n',
    "instructions": 'rows = "instructions"\nnum_rows = 7\nnum_held_out = 2\nlengths = "lengths.json"\n',
    "preferences": 'rows = "preferences"\nnum_rows = 5\nlengths = "lengths.json"\n',
}
# What a peer does with an input: its own reader gives rows.
PEER = """\
import json, sys
sys.path.insert(0, {common!r})
import work
out = {{name: work.rows(name) for name in {parts!r}}} if {parts!r} else {{
    part: work.sequences(16, part).tolist() for part in ("train", "validation")}}
with open(sys.argv[1] + "/read.json", "w") as file:
    json.dump(out, file)
work.report(summary={{"rows": 1}})
"""
PROGRAM = """\
stage = "program"

[program]
command = ["{{python}}", "read.py", "{{artifact}}"]
environment = ["PYTHONDONTWRITEBYTECODE=1"]

[[program.inputs]]
name = "rows"
artifact = "{rows}"

[[program.reports]]
format = "json_lines"

[[program.metrics]]
name = "rows"
as = "summary"
"""
PARTS = {"stream": [], "instructions": ["sft", "reward", "ppo", "validation", "test"],
         "preferences": ["train", "validation"]}


class PerfData(CommandCase):
    def setUp(self):
        super().setUp()
        self.root = self.place.folder / "experiments"
        for name, text in DEFINITIONS.items():
            folder = self.root / name
            folder.mkdir(parents=True)
            (folder / "v1.toml").write_text(
                f'stage = "synthetic"\nbase_seed = 11\n[synthetic]\nvocab_size = {VOCAB}\n{text}')
            (folder / "lengths.json").write_text(json.dumps(LENGTHS))
        done = self.place.run("--lock", "--experiments", self.root)
        self.assertEqual(done.returncode, 0, done.stderr)

    def read_by_a_peer(self, name):
        folder = self.place.folder / f"peer_{name}"
        folder.mkdir()
        (folder / "read.py").write_text(PEER.format(common=str(PEERS / "common"), parts=PARTS[name]))
        (folder / "read.toml").write_text(PROGRAM.format(rows=name))
        # The interpreter of these tests, which has NumPy, stands for the peers' environment.
        self.run_ok(folder / "read.toml", "--experiments", self.root, "--set",
                    f'program.command=["{sys.executable}","read.py","{{artifact}}"]', "--out",
                    self.place.folder / f"out_{name}")
        found = list(self.place.folder.rglob("read.json"))
        self.assertTrue(found)
        return json.loads(found[-1].read_text())

    def test_a_stream_is_what_the_oracle_draws(self):
        read = self.read_by_a_peer("stream")
        for part, num_rows in (("train", 6), ("validation", 2)):
            tokens = oracle.stream_tokens(11, part, num_rows, 16, VOCAB)
            self.assertEqual(read[part], [tokens[i * 16:i * 16 + 17] for i in range(num_rows)])

    def test_instructions_are_what_the_oracle_draws(self):
        read = self.read_by_a_peer("instructions")
        for part in PARTS["instructions"]:
            count = 2 if part in ("validation", "test") else 7
            self.assertEqual(read[part],
                             oracle.rows(11, part, count, LENGTHS["sft"], VOCAB, ["response"]), part)

    def test_preferences_are_what_the_oracle_draws(self):
        read = self.read_by_a_peer("preferences")
        for part, count in (("train", 5), ("validation", 1)):
            self.assertEqual(
                read[part], oracle.rows(11, part, count, LENGTHS["preference"], VOCAB, ["chosen", "rejected"]))

    def test_another_file_of_lengths_is_another_input(self):
        self.read_by_a_peer("preferences")
        (self.root / "preferences/lengths.json").write_text(json.dumps(LENGTHS | {"preference": [[3, 3, 3]]}))
        done = self.place.run("experiments/preferences", "--experiments", self.root)
        self.assertEqual(done.returncode, 0, done.stderr)
        contents = {path.read_text() for path in self.place.store.rglob("validation.ids.jsonl")}
        self.assertEqual({len(json.loads(content)["chosen"]) for content in contents}, {6, 3})

    def test_a_length_that_is_none_is_bad_data(self):
        (self.root / "preferences/lengths.json").write_text('{"preference": [[3, 1, 3]]}')
        self.assert_fails(self.place.run("experiments/preferences", "--experiments", self.root), 4,
                          "preference[0]: has a length")


def definition(name, version=1):
    path = next((SOURCE / "experiments").rglob(f"{name}/v{version}.toml"))
    return tomllib.loads(path.read_text(encoding="utf-8"))


class SameWork(unittest.TestCase):
    """Definitions of both sides, without running them."""

    PAIRS = {"peer_transformers_clm": "perf_clm_10m", "peer_transformers_clm_compiled": "perf_clm_10m",
             "peer_trl_sft": "perf_sft_10m", "peer_trl_rm": "perf_rm_10m", "peer_trl_ppo": "perf_ppo_10m",
             "peer_transformers_decode": "perf_decode_10m", "peer_torch_zero1": "perf_clm_10m"}

    def test_every_peer_has_its_experiment(self):
        self.assertEqual({path.parent.name for path in PEERS.glob("*/v1.toml")}, {*self.PAIRS, "peer_datatrove"})

    def test_both_read_the_same_rows_on_as_many_threads(self):
        for peer, perf in self.PAIRS.items():
            theirs, ours = definition(peer), definition(perf)
            rows = next(item["artifact"] for item in theirs["program"]["inputs"] if item["name"] == "rows")
            self.assertEqual(rows, (ours.get("data") or {}).get("dataset") or ours["decode"]["prompts"], peer)
            ranks = 2 if peer == "peer_torch_zero1" else 1
            self.assertEqual(theirs["run"]["threads"] * ranks, ours["run"]["threads"], peer)

    def test_both_take_the_same_steps_of_the_same_model(self):
        names = {"hidden_size": "hidden_size", "num_layers": "num_hidden_layers", "num_heads": "num_attention_heads",
                 "intermediate_size": "intermediate_size", "tie_embeddings": "tie_word_embeddings"}
        for perf in ("perf_clm_10m", "perf_sft_10m", "perf_rm_10m"):
            ours = definition(perf)
            for our_name, their_name in names.items():
                self.assertEqual(ours["model"][our_name], work.GEOMETRY[their_name], perf)
            self.assertEqual(ours["training"]["steps"], work.STEPS, perf)
            synthetic = definition(ours["data"]["dataset"].split("@")[0])["synthetic"]
            self.assertEqual(synthetic["vocab_size"], work.GEOMETRY["vocab_size"])
            # Each row once.
            self.assertEqual(synthetic["num_rows"], ours["training"]["steps"] * ours["training"]["batch_size"])
        self.assertEqual(work.GEOMETRY["num_key_value_heads"], work.GEOMETRY["num_attention_heads"])

    def test_both_filter_the_same_source_by_the_same_rules(self):
        theirs, ours = definition("peer_datatrove"), definition("perf_corpus")
        corpus = ours["corpus"]
        self.assertEqual([item["source"] for item in theirs["program"]["inputs"] if "source" in item], corpus["sources"])
        self.assertEqual(theirs["run"]["threads"], ours["run"]["threads"])
        # What is not said is as it is published, on both sides: corpus.substrings is off, and so is paragraphs.
        steps = ("gopher_repetition", "gopher_quality", "c4", "fineweb", "near")
        self.assertEqual({name: corpus[name] for name in steps}, {name: {"preset": "datatrove"} for name in steps})
        self.assertEqual(set(corpus), {*steps, "sources", "pii"})
        self.assertEqual(set(corpus["pii"].values()), {False})
        declared = {metric["name"]: metric for metric in theirs["program"]["metrics"]}
        catalogue = (SOURCE / "results/metrics.h").read_text()
        for name, metric in declared.items():
            ours_text = catalogue[catalogue.index(f'.name = "{name}"'):].split("});")[0]
            self.assertIn(f'.units = "{metric.get("units", "1")}"', ours_text, name)

    def test_a_peer_is_known_by_all_files_that_it_runs(self):
        """What is not an input could change without the recipe."""
        for path in PEERS.glob("*/v1.toml"):
            program = tomllib.loads(path.read_text())["program"]
            script = path.parent / program["command"][1]
            given = {(path.parent / item["path"]).resolve() for item in program["inputs"] if "path" in item}
            used, left = set(), [script.resolve()]
            while left:
                file = left.pop()
                used.add(file)
                for module in re.findall(r"^(?:import|from) (\w+)", file.read_text(), re.MULTILINE):
                    found = (PEERS / "common" / f"{module}.py").resolve()
                    if found.exists() and found not in used:
                        left.append(found)
            self.assertEqual(given, used, path)

    def test_every_package_is_pinned_by_its_hash(self):
        for path in PEERS.glob("requirements_*.txt"):
            lines = [line for line in path.read_text().splitlines() if line and not line.startswith("#")]
            for requirement, digest in zip(lines[::2], lines[1::2], strict=True):
                self.assertRegex(requirement, r"^[a-z0-9.-]+==[^ ]+ \\$")
                self.assertRegex(digest, r"^    --hash=sha256:[0-9a-f]{64}$")
            self.assertNotIn("torch==", path.read_text())


class Quotations(unittest.TestCase):
    """What the corpus peer reads, by hand; that it is what ours reads, both report (documents/read, text_bytes/read)."""

    def test_records_are_between_percent_signs_without_colours_and_blanks(self):
        text = "\x1b[1;31mred\x1b[0m rose\n  -- A\n% \n\n \n%\n\n tail \n100%\n"
        self.assertEqual(corpus_documents.quotations(text), ["red rose\n  -- A", "tail \n100%"])

    def test_records_are_joined_until_they_have_two_thousand_characters(self):
        records = ["a" * 1999, "b", "c" * 2000, "d"]
        self.assertEqual(corpus_documents.joined(records),
                         ["a" * 1999 + "\n\nb", "c" * 2000, "d"])
        self.assertEqual(corpus_documents.joined([]), [])

    def test_texts_are_normalised_as_the_harness_does(self):
        for text, expected in [("a\r\nb\rc\u2028d", "a\nb\nc\nd"), (" \n\t\n  x \n\n", "  x"),
                               ("e\u0301\x07\ufeff\tz\u3000", "\u00e9\tz")]:
            self.assertEqual(corpus_documents.normalised(text), expected)


if __name__ == "__main__":
    unittest.main()
