"""CSV and JSON lines in Python's own readers, against the same numbers by h5py.

    text_export_reader_test.py SOURCE BUILD BENCH_COMPARE MAKE_RESULTS
"""
import csv
import json

from reader_case import Case


def rows_of(case):
    """{(kind, path): [(step, tokens, seconds, value)]} of series and summary."""
    rows = {}
    for kind in ("steps", "evals"):
        for path, (steps, times, values) in case.series(kind).items():
            rows[kind, path] = list(zip(map(int, steps), map(float, times), map(float, values)))
    for path, value in case.summary().items():
        rows["summary", path] = [(None, None, float(value))]
    return rows


def read(records):
    rows = {}
    for row in records:
        if row["kind"] in ("ranges", "samples", "ranks"):
            continue
        path = "/".join(filter(None, (row["metric"], row["label"])))
        step, seconds = row.get("step") or None, row.get("wall_time_s") or None
        rows.setdefault((row["kind"], path), []).append(
            (step and int(step), seconds and float(seconds), float(row["value"])))
    return rows


def main():
    case = Case()
    expected = rows_of(case)
    with case.export("csv", "r.csv").open(encoding="utf-8", newline="") as file:
        assert read(csv.DictReader(file)) == expected
    lines = case.export("jsonl", "r.jsonl").read_text(encoding="utf-8").splitlines()
    header = json.loads(lines[0])
    assert header["experiment"] == case.file.attrs["experiment"] and header["definition_toml"], header
    assert read(json.loads(line) for line in lines[1:]) == expected
    print(f"{len(expected)} series and values are read as they were written")


main()
