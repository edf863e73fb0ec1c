"""A corpus of a user's own files through the real binary, and pre-training on it.

usage: corpus_run_test.py SOURCE_FOLDER BUILD_FOLDER [unittest arguments]; needs h5py.
"""

import functools
import gzip
import hashlib
import json
import pathlib
import random
import signal
import struct
import subprocess
import sys
import time
import unittest

import h5py

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from command_case import CommandCase  # noqa: E402
from pipeline_test import write_experiments  # noqa: E402
from tiny_run import HERE, deterministic_content  # noqa: E402

WORDS = ("the of and to that have with river mountain people house small great when their could "
         "under water light morning evening story reason because before after between around").split()
CHINESE = ("人们 河流 高山 房子 早晨 晚上 工作 故事 因为 以前 以后 阳光 水面 城市 学校 老师 学生 朋友 孩子 母亲 道路 树木 "
           "天空 大海 春天 秋天 看见 听到 知道 喜欢 认为 开始 继续 离开 回来 非常 已经 可能 应该 的 的 是 在 和 了 有 不 与").split()

CORPUS = """\
stage = "corpus"

[run]
threads = 2

[corpus]
path = "{path}"
languages = ["en", "zh"]
held_out_fraction = 0.2
num_shards = 3
budget_mib = 64
max_document_bytes = 100000

[tokenizer]
path = "{here}/testdata/tiny.model"
"""

EXCLUDE = """
[corpus.exclude]
dataset = "messages@1"
"""

CLM = """\
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
artifact = "pieces@1"

[data]
dataset = "prose@1"

[optimizer]
learning_rate = 1e-2

[training]
steps = 12
batch_size = 4
max_tokens = 64

[evaluation]
every_steps = 6
sample_prompt_tokens = 8
sample_new_tokens = 8
"""


@functools.cache  # each test writes the same ones
def prose(seed, paragraphs=3):
    """English-looking text that all filters keep."""
    draw = random.Random(seed)

    def sentence():
        return " ".join(draw.choice(WORDS) + draw.choice(("", "", "s", "ed"))
                        for _ in range(draw.randint(6, 14))).capitalize() + "."

    return "\n\n".join(" ".join(sentence() for _ in range(6)) for _ in range(paragraphs))


@functools.cache
def chinese_prose(seed, sentences=14):
    draw = random.Random(seed)
    return "\n\n".join(
        "".join("".join(draw.choice(CHINESE) for _ in range(9)) + "，" for _ in range(2))
        + "".join(draw.choice(CHINESE) for _ in range(8)) + "。" for _ in range(sentences))


def catalogue(messages):
    """A gettext catalogue, little endian."""
    pairs = [(b"", b"Content-Type: text/plain; charset=UTF-8\n")]
    pairs += [(key.encode(), text.encode()) for key, text in sorted(messages)]
    start = 28 + 16 * len(pairs)
    tables, strings = [b"", b""], b""
    for column in (0, 1):
        for pair in pairs:
            tables[column] += struct.pack("<2I", len(pair[column]), start + len(strings))
            strings += pair[column] + b"\0"
    return struct.pack("<7I", 0x950412DE, 0, len(pairs), 28, 28 + 8 * len(pairs), 0,
                       start) + tables[0] + tables[1] + strings


def write_user_files(folder):
    """A document a format that all mean what prose(i) says, and what is no document."""
    (folder / "deep").mkdir(parents=True)
    for i in range(20):
        (folder / "deep" / f"{i}.txt").write_text(prose(i))
        (folder / "deep" / f"zh{i}.txt").write_text(chinese_prose(i))
    (folder / "page.md").write_text("# Title\n\n" + prose(101))
    (folder / "page.html").write_text(f"<html><body><p>{prose(102)}</p></body></html>")
    (folder / "page.1").write_text(f".TH PAGE 1\n.SH NAME\npage \\- prose\n.SH DESCRIPTION\n{prose(103)}\n")
    (folder / "page.mo").write_bytes(catalogue([(f"{i}", prose(200 + i, 1)) for i in range(8)]))
    (folder / "records.jsonl").write_text(
        "".join(json.dumps({"text": prose(i)}) + "\n" for i in range(300, 310)) + '{"no": 1}\n')
    (folder / "copy.txt.gz").write_bytes(gzip.compress(prose(3).encode()))
    subprocess.run(["zstd", "-q", "-o", folder / "packed.txt.zst"], input=prose(104).encode(), check=True)
    (folder / "bad.txt").write_bytes(b"abc \xff")
    (folder / "program.exe").write_bytes(b"MZ")


def table(file, name):
    columns = {column: values[:] for column, values in file["tables"][name].items()}
    rows = [dict(zip(columns, row)) for row in zip(*columns.values())]
    return [{k: v.decode() if isinstance(v, bytes) else v for k, v in row.items()} for row in rows]


class Corpus(CommandCase):
    def setUp(self):
        super().setUp()
        self.files = self.place.folder / "files"
        write_user_files(self.files)
        self.definition = self.place.folder / "corpus.toml"
        self.definition.write_text(CORPUS.format(path=self.files, here=HERE))

    def artifact(self, results):
        return (results.parent / "artifact.sha256").read_text()

    def test_documents_of_every_format_are_kept_and_others_named_and_nothing_of_the_work_stays_behind(self):
        results = self.once(self.definition)
        self.assertFalse((results.parent / "corpus").exists())
        with h5py.File(results) as file:
            summary = {name: value[()] for name, value in file["summary"].items()}
            # 40 texts, Markdown, HTML, manual page, zst, 10 records, a copy; the catalogue's texts
            # are over 2,000 characters together.
            self.assertGreaterEqual(summary["documents:read"], 40 + 4 + 10 + 1 + 1)
            self.assertGreaterEqual(summary["documents:kept"], 40 + 4 + 10)
            self.assertEqual({row["id"]: row["reason"] for row in table(file, "rejected")}, {
                "bad.txt#1": "not valid UTF-8 at byte 4",
                "program.exe": "the ending of its name tells no format",
                "records.jsonl#11": 'no field "text" (the record has "no")'})
            (duplicate,) = table(file, "duplicates")
            self.assertEqual({duplicate["removed_id"], duplicate["survivor_id"]},
                             {"deep/3.txt#1", "copy.txt.gz#1"})
            removed = table(file, "removed")
            cut = sum(row["text_bytes"] for row in table(file, "shortened"))
            self.assertEqual(summary["documents:read"],
                             summary["documents:kept"] + sum(row["documents"] for row in removed))
            self.assertEqual(summary["text_bytes:read"], summary["text_bytes:kept"] + cut
                             + sum(row["text_bytes"] for row in removed))
            data = table(file, "data")
            self.assertEqual(sum(row["documents"] for row in data), summary["documents:kept"])
            self.assertEqual(sum(row["text_bytes"] for row in data), summary["text_bytes:kept"])
            self.assertEqual(summary["held_out_in_training"], 0)
            parts = {name for name in summary if name.startswith("phase_time:")}
            self.assertEqual(parts, {f"phase_time:{part}" for part in ("filters", "duplicates", "tokens")})
            self.assertTrue(all(summary[name] > 0 for name in parts))
            self.assertLessEqual(sum(summary[name] for name in parts), summary["wall_time"])
            self.assertTrue(all(row["documents"] > 0 for row in data))

            self.assertEqual({(row["kind"], row["reason"], row["records"], row["first"])
                              for row in table(file, "left_out")}, {
                ("invalid", "not valid UTF-8", 1, "path/bad.txt#1"),
                ("invalid", "the ending of its name tells no format", 1, "path/program.exe"),
                ("invalid", 'no field "text"', 1, "path/records.jsonl#11")})

    def test_files_whose_rows_are_all_refused_are_named_and_end_nothing(self):
        mixed = self.place.folder / "mixed"
        mixed.mkdir()
        for i in range(60):
            (mixed / f"{i}.txt").write_text(prose(i))
        (mixed / "meta.json").write_text('{"version":1}')
        (mixed / "list.json").write_text('[{"a":1},{"b":2}]')
        (mixed / "empty.csv").write_text("id,text\n1,\n2,\n")
        with h5py.File(self.run_ok(self.definition, "--set", f"corpus.path={mixed}")) as file:
            self.assertEqual({row["id"]: row["reason"] for row in table(file, "rejected")}, {
                "meta.json#1": 'no field "text" (the record has "version")',
                "list.json#1": 'no field "text" (the record has "a")',
                "list.json#2": 'no field "text" (the record has "b")',
                "empty.csv#1": 'field "text" is empty', "empty.csv#2": 'field "text" is empty'})

    def test_a_corpus_of_few_documents_has_one_held_out(self):
        few = self.place.folder / "few"
        few.mkdir()
        for i in range(5):
            (few / f"{i}.txt").write_text(prose(i, 40))
        with h5py.File(self.run_ok(self.definition, "--set", f"corpus.path={few}", "--set",
                                   "corpus.held_out_fraction=1e-9")) as file:
            data = {row["part"]: row["documents"] for row in table(file, "data")}
            self.assertEqual(data, {"train": 4, "validation": 1})

    def test_records_that_a_damaged_file_hides_are_not_skipped(self):
        whole = gzip.compress("".join(json.dumps({"text": prose(i)}) + "\n"
                                      for i in range(400, 440)).encode())
        (self.files / "many.jsonl.gz").write_bytes(whole[:len(whole) // 2])
        self.assert_fails(self.place.run(self.definition), 4, "many.jsonl.gz:")

    def test_files_of_mostly_no_format_are_4_unless_the_share_is_allowed(self):
        for i in range(30):
            (self.files / f"{i}.bin").write_bytes(b"\0")
        self.assert_fails(self.place.run(self.definition), 4, "max_skipped_share",
                          "the ending of its name tells no format")
        self.run_ok(self.definition, "--set", "corpus.max_skipped_share=0.5")

    def test_a_file_of_mostly_invalid_lines_is_4_and_its_reasons_are_named(self):
        with open(self.files / "records.jsonl", "a", encoding="utf-8") as file:
            file.write('{"no": "text"}\n{"text": 3}\n')
        self.assert_fails(self.place.run(self.definition), 4, "records.jsonl: 3 of 13 records are invalid",
                          '2 no field "text" (first: ', "records.jsonl:11)",
                          '1 field "text" is a number, not a string', "max_skipped_share")
        self.run_ok(self.definition, "--set", "corpus.max_skipped_share=0.3")

    def test_the_data_set_depends_neither_on_shards_nor_threads_nor_budget(self):
        one = self.artifact(self.once(self.definition))
        for setting in ("corpus.num_shards=1", "corpus.num_shards=7", "run.threads=1",
                        "corpus.budget_mib=4096"):
            self.assertEqual(self.artifact(self.run_ok(self.definition, "--set", setting)), one, setting)
        other = self.run_ok(self.definition, "--set", "corpus.pii.mask_emails=false", "--set",
                            "corpus.held_out_fraction=0.4")
        self.assertNotEqual(self.artifact(other), one)

    def test_stopped_it_ends_with_143_and_goes_on(self):
        for i in range(1000, 1600):
            (self.files / f"{i}.txt").write_text(prose(i, 8))
        out = self.place.folder / "out"
        process = self.place.start(self.definition, "--out", out)
        while not any(out.glob("corpus/done/*/*")) and process.poll() is None:
            time.sleep(0.002)
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 128 + signal.SIGTERM, err)
        resumed = self.run_ok(self.definition, "--out", out, "--resume")
        self.assertFalse((out / "corpus").exists())
        self.assertEqual(self.artifact(resumed), self.artifact(self.run_ok(self.definition)))

    def write_committed(self):
        """experiments/{data/prose,prose,model}: the files as a data source that is in the store."""
        write_experiments(self.place)
        names = sorted(str(path.relative_to(self.files)) for path in self.files.rglob("*") if path.is_file())
        lines = "".join(f"{name} {hashlib.sha256((self.files / name).read_bytes()).hexdigest()}\n"
                        for name in names)
        digest = hashlib.sha256(lines.encode()).hexdigest()
        self.files.rename(self.place.store / "sources" / f"prose-{digest[:16]}")
        root = self.place.folder / "experiments"
        texts = {"data/prose": f"""kind = "files"
package = "no-such-package"
licence = "none"
description = "made by a test"
files = ["*"]
sha256 = "{digest}"
""",
                 "prose/v1": CORPUS.replace('path = "{path}"', 'sources = ["prose"]')
                 .replace('path = "{here}/testdata/tiny.model"', 'artifact = "pieces@1"') + EXCLUDE,
                 "model/v1": CLM}
        for name, text in texts.items():
            (root / name).parent.mkdir(exist_ok=True)
            (root / f"{name}.toml").write_text(text)
        return ("--experiments", root)

    def test_pre_training_reads_it_where_it_is_and_resumes(self):
        options = self.write_committed()
        self.lock_once(self.place.folder / "experiments")
        done = self.place.run("model", *options)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("prose@1 is not in the store: running it first", done.stderr)
        path = done.stdout.splitlines()[-1]
        self.assertFalse((pathlib.Path(path).parent / "tokens").exists())
        with h5py.File(path) as file:
            self.assertEqual(set(file["inputs"].attrs), {"dataset", "tokenizer"})
            self.assertTrue({"loss:en", "loss:zh", "loss"} <= set(file["evals"]))
            self.assertEqual({row["part"] for row in table(file, "data")}, {"train", "validation"})
        self.assert_stops_change_no_bit(("model", *options), ((0, 5, 7),), deterministic_content(path),
                                        environment={})
        other = self.place.folder / "other.toml"
        other.write_text(CLM.replace('artifact = "pieces@1"', f'path = "{HERE}/testdata/tiny.model"'))
        self.assert_fails(self.place.run(other, *options), 2, "testdata/tiny.model has the digest",
                          "prose@1 was tokenised with", "name the tokenizer of the corpus")

    def test_a_part_that_is_not_there_cannot_be_excluded(self):
        options = self.write_committed()
        self.lock_once(self.place.folder / "experiments")
        self.assert_fails(self.place.run("prose", *options, "--set", "corpus.exclude.parts=[\"exam\"]"),
                          2, "corpus.exclude.parts: messages@1 has no part exam")

    def test_wrong_input_is_one_line(self):
        run = self.place.run
        self.assert_fails(run(self.definition, "--set", "corpus.on_invalid=error"), 4, "files/")
        self.assert_fails(run(self.definition, "--set", "corpus.budget_mib=1"), 2,
                          "corpus.budget_mib: 1 MiB are too few", "need 34 MiB")
        self.assert_fails(run(self.definition, "--set", "corpus.path=/no/such/folder"), 5,
                          "/no/such/folder")
        self.assert_fails(run(self.definition, "--set", 'corpus.languages=["eo"]'), 4,
                          "no document is left of")
        alone = self.place.folder / "alone"
        alone.mkdir()
        (alone / "only.txt").write_text(prose(1, 40))
        self.assert_fails(run(self.definition, "--set", f"corpus.path={alone}"), 4,
                          "only one text is left of all documents")
        self.assert_fails(run(self.definition, "--set", "corpus.sources=[\"nosuch\"]"), 2, "nosuch")


if __name__ == "__main__":
    unittest.main()
