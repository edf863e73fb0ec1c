"""Data, tokenizers and models as other programs write them: --inspect says what they are, and runs
take them, through the real binary; more of them in one process: tests/harness/run/inspect_command_test.cc.

usage: files_of_others_test.py SOURCE_FOLDER BUILD_FOLDER [unittest arguments]; needs h5py.
"""

import csv
import gzip
import json
import os
import pathlib
import sys
import unittest

import h5py

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from command_case import BIN, CommandCase  # noqa: E402

HERE = pathlib.Path(__file__).parent
TABLES = HERE.parent / "harness" / "data" / "golden" / "tables"
ARCHIVES = HERE.parent / "harness" / "corpus" / "golden"
TOKENIZER = HERE / "testdata" / "tiny.model"


def conversation(number):
    return [{"role": "user", "content": f"number {number // 2}"},
            {"role": "assistant", "content": "it is"},
            {"role": "user", "content": f"say {number}"},
            {"role": "assistant", "content": f"number {number}"}]


class FilesOfOthers(CommandCase):
    def inspect(self, *arguments):
        done = self.place.run("--inspect", *arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        lines = {}
        for line in done.stdout.splitlines()[1:]:
            label, text = line.split(":", 1)
            lines.setdefault(label, text.strip())
        return lines

    def refused(self, exit_code, *arguments):
        done = self.place.run("--inspect", *arguments)
        self.assertEqual(done.returncode, exit_code, done.stdout)
        self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
        return done.stderr

    def write(self, name, text):
        path = self.place.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def test_conversations_are_known_and_their_first_record_is_shown(self):
        lines = self.inspect(TABLES / "sharegpt.json", "--tokenizer", TOKENIZER)
        self.assertEqual(lines["format"], "a JSON array")
        self.assertEqual(lines["fields"], "conversations (list), id (text)")
        self.assertIn('data.records = "conversations"', lines["read as"])
        self.assertEqual(lines["records"], "2 valid, 0 refused")
        self.assertEqual(lines["turns"], "1 to 2, 1.5 on average; 1 with a system message")
        self.assertIn("Be brief.", lines["first prompt"])
        ids = lines["first ids"].split()
        spans = lines["trained on"].removeprefix("ids ").split(", ")
        self.assertEqual(len(spans), 2)  # both answers
        self.assertEqual(int(spans[-1].split()[-1]), len(ids))

    def test_what_would_be_refused_is_counted_by_reason(self):
        path = self.write("bad.jsonl", '{"instruction":"a","output":"b"}\n{"instruction":"a"}\n{\n')
        done = self.place.run("--inspect", path)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("1 valid, 2 refused", done.stdout)
        self.assertIn('1 no field "output" (first: ', done.stdout)
        self.assertIn("data.skip_invalid = true leaves such out", done.stdout)

    def test_the_prompt_is_shown_with_its_line_breaks(self):
        row = {"instruction": "one\ntwo", "input": "a\\b", "output": "x\ty"}
        lines = self.inspect(self.write("a.jsonl", json.dumps(row) + "\n"))
        # What is shown is a JSON text, so that it says the prompt exactly.
        prompt = json.loads(lines["first prompt"])
        self.assertIn("### Instruction:\none\ntwo\n\n### Input:\na\\b\n\n### Response:", prompt)
        self.assertEqual(json.loads(lines["first answer"]), "x\ty")
        lines = self.inspect(TOKENIZER)
        self.assertTrue(json.loads(lines["sample"]).endswith("x = 3.14\n"))

    def test_records_that_are_all_refused_are_an_error_behind_the_reasons(self):
        path = self.write("bad.jsonl", '{"instruction":"a"}\n{"instruction":"b","outptu":"c"}\n')
        done = self.place.run("--inspect", path)
        self.assert_fails(done, 4, "bad.jsonl: nothing of it can be used: every record of it is refused")
        self.assertIn(f'2 no field "output" (first: {path}:1: no field "output" (the record has '
                      '"instruction"))', done.stdout)
        for label in ("tasks", "turns", "characters", "first prompt"):
            self.assertNotIn(label, done.stdout)

    def test_an_empty_file_is_one(self):
        """Whatever its name, and with what is as good as nothing: tests/harness/run/inspect_command_test.cc."""
        done = self.place.run("--inspect", self.write("a.jsonl", " \n\n"))
        self.assert_fails(done, 4, "a.jsonl: nothing of it can be used: the file is empty")
        self.assertIn("an empty file", done.stdout)

    def test_a_file_of_a_model_is_sent_to_its_folder(self):
        folder = self.place.folder
        config = self.write("config.json", '{"model_type": "llama", "architectures": ["LlamaForCausalLM"]}')
        self.assertIn(f"config.json): a model is read as a folder: --inspect {folder}",
                      self.refused(4, config))

    def test_training_data_that_no_training_stage_reads_is_sent_to_where_it_is_read(self):
        rows = "".join(json.dumps({"messages": conversation(i)}) + "\n" for i in range(3)).encode()
        folder = self.place.folder / "parts"
        folder.mkdir()
        for name in ("a.jsonl.gz", "b.jsonl.gz"):
            (folder / name).write_bytes(gzip.compress(rows))
        for where, what, advice in [
                (folder / "a.jsonl.gz", "training stages read plain files", "unpack it, as by gzip -dk"),
                (folder, "training stages read one plain file",
                 "unpack them, as by gzip -dk, and join them to one")]:
            done = self.place.run("--inspect", where)
            self.assert_fails(done, 4, what, advice)
            self.assertIn("messages (list)", done.stdout)
            self.assertNotIn("documents", done.stdout)
        (folder / "0.jsonl").write_bytes(rows)
        self.assertIn("unpack the 2 compressed ones, as by gzip -dk, and join them to one",
                      self.refused(4, folder))
        (folder / "0.jsonl").unlink()
        (folder / "c.jsonl").write_text('{"text": "a document"}\n')
        done = self.place.run("--inspect", folder)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("documents:     1 valid, 0 refused", done.stdout)
        self.assertIn("2 files of records", done.stdout)
        done = self.place.run(self.place.write_definition(
            "packed.toml", steps=2, replace=[(str(self.place.data), str(folder / "a.jsonl.gz"))]))
        self.assert_fails(done, 4, "a.jsonl.gz: compressed by gzip", "gzip -dk")
        done = self.place.run(self.place.write_definition(
            "parts.toml", steps=2, replace=[(str(self.place.data), str(folder))]))
        self.assert_fails(done, 2, "parts: a folder", "join its files to one")

    def test_documents_say_why_they_are_refused(self):
        pages = self.place.folder / "pages"
        pages.mkdir()
        (pages / "a.html").write_bytes(b"<meta charset=klingon><p>caf\xe9")
        (pages / "b.html").write_bytes(b"<p>caf\xe9")
        (pages / "c.csv").write_bytes(gzip.compress(b"text\nabc\n"))
        has_arrow = (BIN / "libbench_parquet.so").exists()
        if has_arrow:
            (pages / "d.parquet").write_bytes((TABLES / "no_rows.parquet").read_bytes())
        (pages / "e.txt").write_text("A text.")
        done = self.place.run("--inspect", pages)
        self.assertEqual(done.returncode, 0, done.stderr)
        refused = [line for line in done.stdout.splitlines() if line.startswith("refused")]
        self.assertEqual(len(refused), 4 if has_arrow else 3, done.stdout)
        for reason in ('charset that is declared, "klingon", is not known', "not valid UTF-8 at byte 6",
                       "compressed by gzip", "gzip -dk"):
            self.assertIn(reason, done.stdout)
        self.assertEqual("no record in it: the table has no rows" in done.stdout, has_arrow)
        done = self.place.run("--inspect", ARCHIVES / "archive.warc.gz")
        self.assertIn('1 a body coded as "br"; only gzip and deflate are read', done.stdout)

    def test_files_whose_rows_are_all_refused_end_no_run(self):
        folder = self.place.folder / "mixed"
        folder.mkdir()
        for name, text in (("meta.json", '{"version":1}'), ("list.json", '[{"a":1},{"b":2}]'),
                           ("empty.csv", "id,text\n1,\n2,\n"), ("a.txt", "A text.")):
            (folder / name).write_text(text)
        done = self.place.run("--inspect", folder)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("documents:     1 valid, 5 refused", done.stdout)
        self.assertIn('2 field "text" is empty', done.stdout)
        for wrong in ("it ends a run", "no record in it"):
            self.assertNotIn(wrong, done.stdout)

    def test_what_is_neither_file_nor_folder_is_refused_and_not_waited_for(self):
        pipe = self.place.folder / "pipe.jsonl"
        os.mkfifo(pipe)
        self.assertRegex(self.refused(2, pipe), "a named pipe.*write what comes out")
        done = self.place.run(self.place.write_definition(
            "pipe.toml", steps=2, replace=[(str(self.place.data), str(pipe))]))
        self.assert_fails(done, 2, "pipe.jsonl: a named pipe (FIFO)")

    def test_invalid_rows_are_left_out_of_every_format_where_it_is_asked_for(self):
        good = [{"instruction": f"spell {i}", "output": f"say {i}"} for i in range(20)]
        table = "instruction,output\n" + "".join(f"spell {i},say {i}\n" for i in range(20))
        lines = [json.dumps(row) for row in good]
        files = {"bytes.csv": table.encode() + b"bad,\xff\n",
                 "cells.tsv": table.replace(",", "\t").encode() + b"bad\n",
                 "first.jsonl": "\n".join(['{"instruction": "a'] + lines).encode(),
                 "wrapped.json": json.dumps({"v": 1, "rows": [3] + good}).encode()}
        losses = set()
        for name, content in files.items():
            with self.subTest(name=name):
                path = self.place.folder / name
                path.write_bytes(content)
                self.assertEqual(self.inspect(path)["records"], "20 valid, 1 refused")
                definition = self.place.write_definition(
                    "skip.toml", steps=2,
                    replace=[(str(self.place.data), str(path)),
                             ("validation_fraction = 0.2", "validation_fraction = 0.3")])
                self.assert_fails(self.place.run(definition), 4, name)
                with h5py.File(self.run_ok(definition, "--set", "data.skip_invalid=true")) as file:
                    losses.add(tuple(file["steps/loss"][:]))
                    self.assertEqual(file["tables/left_out/records"][:].sum(), 1)
        self.assertEqual(len(losses), 1)  # the same 20 rows

    def test_a_tokenizer_and_a_model_folder_are_known(self):
        self.assertIn("SentencePiece model", self.inspect(TOKENIZER)["tokenizer"])
        results = self.run_ok(self.place.definition)
        exported = self.place.folder / "exported"
        self.run_ok("--export", results, exported)
        lines = self.inspect(exported)
        with h5py.File(results) as file:
            self.assertEqual(int(lines["parameters"]), int(file["summary/parameters"][()]))
        self.assertIn("2 layers, hidden 16", lines["geometry"])
        self.assertNotIn("refused", lines)
        self.assertIn('our "alpaca"', lines["chat template"])
        config = json.loads((exported / "config.json").read_text())
        config["num_hidden_layers"] = 3
        (exported / "config.json").write_text(json.dumps(config))
        self.assertEqual(self.inspect(exported)["refused"],
                         "missing tensor model.layers.2.input_layernorm.weight")
        config["hidden_act"] = "gelu"
        (exported / "config.json").write_text(json.dumps(config))
        self.assertIn('hidden_act = "gelu" is not implemented', self.refused(4, exported))

    def test_what_is_nothing_is_refused_in_a_line(self):
        self.assertIn("no such file or folder", self.refused(2, self.place.folder / "none"))

    def fine_tune(self, name, path, extra=""):
        definition = self.place.write_definition(
            name, steps=2, replace=[(str(self.place.data), str(path)),
                                    ("validation_fraction = 0.2", "validation_fraction = 0.3" + extra)])
        return self.run_ok(definition)

    def test_one_set_of_conversations_trains_equally_whatever_it_is_written_in(self):
        rows = [conversation(number) for number in range(20)]
        lines = self.write("a.jsonl", "".join(json.dumps({"messages": row}) + "\n" for row in rows))
        wrapped = self.write("b.json", json.dumps({"version": "1", "rows": [
            {"conversations": [{"from": {"user": "human", "assistant": "gpt"}[m["role"]],
                                "value": m["content"]} for m in row]} for row in rows]}))
        table = self.place.folder / "c.csv"
        with open(table, "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(["messages", "n"])
            writer.writerows([json.dumps(row), 1] for row in rows)
        losses, targets = [], []
        for name, path in [("a", lines), ("b", wrapped), ("c", table)]:
            with h5py.File(self.fine_tune(f"{name}.toml", path)) as file:
                losses.append(file["steps/loss"][:].tolist())
                targets.append(file["tables/data/target_tokens"][:].sum())
        self.assertEqual(losses[0], losses[1])
        self.assertEqual(losses[0], losses[2])
        # "it is" and its end token in each conversation, trained on or held out.
        with h5py.File(self.fine_tune("last.toml", lines, '\nloss_turns = "last"')) as file:
            last = file["tables/data/target_tokens"][:].sum()
        self.assertEqual((targets[0] - last) % len(rows), 0)
        self.assertGreater(targets[0], last)

    def test_a_bad_row_ends_a_run_with_its_place(self):
        path = self.write("bad.csv", "instruction,output\na,b\nc\n")
        done = self.place.run(self.place.write_definition(
            "bad.toml", steps=2, replace=[(str(self.place.data), str(path))]))
        self.assertEqual(done.returncode, 4)
        self.assertIn("bad.csv:3: 1 cells, but the header has 2", done.stderr)
        self.assertEqual(len(done.stderr.strip().splitlines()), 1, done.stderr)


if __name__ == "__main__":
    unittest.main()
