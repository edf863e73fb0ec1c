"""Makes golden/tables/: instruction, conversation and preference data as other programs write them.

    make_table_golden.py        (needs pandas and pyarrow)

rows.jsonl is what instruction files must be read as: each was read back by its own library and was
equal. conversations.json holds the same conversations as every list of messages in them.
"""
import csv
import io
import json
import pathlib

import pandas
import pyarrow
import pyarrow.parquet

FOLDER = pathlib.Path(__file__).parent / "golden" / "tables"
ROWS = [
    {"instruction": "Say \"hello\", please", "input": "", "output": "hello", "task": "talk"},
    {"instruction": "译", "input": "两行\n第二行", "output": "two lines\nthe second", "task": "translate"},
    {"instruction": "tab\tand, comma", "input": "\"\"", "output": " spaces kept ", "task": "talk"},
    {"instruction": "CR LF", "input": "a\r\nb", "output": "", "task": "talk"},
    {"instruction": "😀", "input": "'", "output": "😀😀", "task": "translate"},
]
CONVERSATIONS = [
    [("system", "Be brief."), ("user", "Hello?"), ("assistant", "Hi."), ("user", "你好？"),
     ("assistant", "你好。")],
    [("user", "One\nmore"), ("assistant", "Yes.")],
]


def as_messages(conversation):
    return [{"role": role, "content": content} for role, content in conversation]


def as_sharegpt(conversation):
    names = {"system": "system", "user": "human", "assistant": "gpt"}
    return [{"from": names[role], "value": content} for role, content in conversation]


def write(name, data):
    (FOLDER / name).write_bytes(data if isinstance(data, bytes) else data.encode())


def tables():
    frame = pandas.DataFrame(ROWS)
    write("pandas.csv", frame.to_csv(index=False))
    write("pandas_index.csv", frame.to_csv())
    write("pandas.tsv", frame.to_csv(index=False, sep="\t"))
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(ROWS[0]))  # the dialect of spreadsheets: CR LF
    writer.writeheader()
    writer.writerows(ROWS)
    write("spreadsheet.csv", text.getvalue().encode("utf-8-sig"))
    assert list(csv.DictReader(io.StringIO(text.getvalue(), newline=""))) == ROWS
    everything = io.StringIO(newline="")
    quoted = csv.DictWriter(everything, list(ROWS[0]), quoting=csv.QUOTE_ALL, lineterminator="\n")
    quoted.writeheader()
    quoted.writerows(ROWS)
    write("quoted.csv", everything.getvalue())


def jsons():
    write("rows.jsonl", "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS))
    write("wrapped.json", json.dumps({"version": "1", "data": ROWS, "licence": None}, indent=2))
    write("records.json", pandas.DataFrame(ROWS).to_json(orient="records", force_ascii=True))
    write("conversations.json", json.dumps([as_sharegpt(c) for c in CONVERSATIONS]))
    write("sharegpt.json", json.dumps([{"id": f"x_{i}", "conversations": as_sharegpt(c)}
                                       for i, c in enumerate(CONVERSATIONS)], ensure_ascii=False))
    write("messages.jsonl", "".join(json.dumps({"messages": as_messages(c)}) + "\n"
                                    for c in CONVERSATIONS))


def parquets():
    frame = pandas.DataFrame(ROWS)
    frame["task"] = frame["task"].astype("category")  # a dictionary
    frame.to_parquet(FOLDER / "pandas.parquet", index=False)
    big = pyarrow.Table.from_pylist(ROWS).cast(
        pyarrow.schema([(name, pyarrow.large_string()) for name in ROWS[0]]))
    pyarrow.parquet.write_table(big, FOLDER / "groups.parquet", row_group_size=2, compression="zstd")
    pyarrow.parquet.write_table(
        pyarrow.Table.from_pylist([{"messages": as_messages(c), "n": 1} for c in CONVERSATIONS]),
        FOLDER / "messages.parquet")
    pyarrow.parquet.write_table(
        pyarrow.Table.from_pylist([{"instruction": "a", "output": "b", "input": None},
                                   {"instruction": "c", "output": "d", "input": "e"}]),
        FOLDER / "nulls.parquet")
    pyarrow.parquet.write_table(pyarrow.table({"instruction": [1, 2], "output": ["a", "b"]}),
                                FOLDER / "numbers.parquet")
    pyarrow.parquet.write_table(
        pyarrow.Table.from_pylist([
            {"prompt": "Hello?", "chosen": as_messages([("user", "Hello?"), ("assistant", "Hi.")]),
             "rejected": as_messages([("user", "Hello?"), ("assistant", "No.")])}]),
        FOLDER / "preferences.parquet")
    pyarrow.parquet.write_table(pyarrow.table({"text": ["one document", "第二个"], "id": ["a", "b"]}),
                                FOLDER / "documents.parquet")
    pyarrow.parquet.write_table(pyarrow.table({"text": pyarrow.array([], pyarrow.string())}),
                                FOLDER / "no_rows.parquet")
    assert pyarrow.parquet.read_table(FOLDER / "groups.parquet").to_pylist() == ROWS


FOLDER.mkdir(parents=True, exist_ok=True)
tables()
jsons()
parquets()
