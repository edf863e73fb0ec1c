#!/usr/bin/env python3
"""The rows of stage "names", made a second time from their description alone (harness/stages/names/
names.h and name_rows.h), and read back from an artifact.

usage: names_oracle.py DEFINITION.toml RECORDS.jsonl ARTIFACT

RECORDS.jsonl are those of the sources (harness/data/source.h). Exits with 1 where the artifact has
other rows than this.
"""
import collections
import json
import pathlib
import sys
import tomllib
import unicodedata

import numpy

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "generated"))
import streams  # noqa: E402

BEGIN, END, FIRST = 1, 2, 4
GIVEN, ANSWER = 0, 2
DEFAULTS = {"max_characters": 16, "held_out_names": 1000, "held_out_elsewhere": "trained",
            "untranslated": "left_out", "vocabulary_languages": []}
LINE_ENDS = "\n\v\f\r\x85\u2028\u2029"
Row = collections.namedtuple("Row", "group key tokens marks")
Rows = collections.namedtuple("Rows", "symbols train validation alternatives")


def cleaned(text):
    text = text.replace("\r\n", "\n")
    kept = "".join("\n" if c in LINE_ENDS else c for c in text
                   if c in LINE_ENDS or c == "\t" or (c != "\ufeff" and unicodedata.category(c) != "Cc"))
    return unicodedata.normalize("NFC", kept).strip()


def is_reserved(text):
    return not text or any(c in "<>=\u2581" or unicodedata.category(c) == "Cc" for c in text)


def names_of(records, spec):
    """English name -> language -> name."""
    wanted = {*spec["languages"], *spec["vocabulary_languages"]}
    found = collections.defaultdict(lambda: collections.defaultdict(set))
    for record in records:
        english = cleaned(record["english"])
        for language in wanted & record["translations"].keys():
            name = cleaned(record["translations"][language])
            if is_reserved(english) or is_reserved(name):
                continue
            if max(len(english), len(name)) > spec["max_characters"]:
                continue
            if spec["untranslated"] == "left_out" and name == english:
                continue
            found[english][language].add(name)
    names = {english: {language: next(iter(texts)) for language, texts in languages.items()
                       if len(texts) == 1} for english, languages in found.items()}
    return {english: languages for english, languages in names.items() if languages}


def expected_rows(records, fields, base_seed):
    spec = {**DEFAULTS, **fields}
    names = names_of(records, spec)
    languages = spec["languages"]
    characters = {c for english, by_language in names.items()
                  for text in (english, *by_language.values()) for c in text}
    brackets = [f"<{name}>" for name in sorted({*languages, *spec["vocabulary_languages"]})]
    symbols = [*brackets, "=", *sorted(characters)]
    ids = {symbol: FIRST + i for i, symbol in enumerate(symbols)}
    split = streams.Streams(base_seed, 0)

    def row(english, language, given):
        answer = [*(ids[c] for c in names[english][language]), END]
        tokens = [BEGIN, *given, *answer]
        return Row(languages.index(language), split.seed("key/" + english), tokens,
                   [GIVEN] * (1 + len(given)) + [ANSWER] * len(answer))

    def asked(english, language):
        return row(english, language, [ids[f"<{language}>"], *(ids[c] for c in english), ids["="]])

    def having(language):
        """In the order of UTF-8 bytes."""
        return sorted((english for english in names if language in names[english]), key=str.encode)

    first = languages[0]
    held_out = sorted(having(first), key=lambda english: split.seed("key/" + english))
    held_out = held_out[:spec["held_out_names"]]
    untrained, elsewhere = set(held_out), spec["held_out_elsewhere"]
    train = [asked(english, language) for language in languages for english in having(language)
             if english not in untrained or (language != first and elsewhere == "trained")]
    pairs = [(english, language) for english in held_out for language in languages
             if language in names[english]]
    validation = [asked(english, language) for english, language in pairs
                  if language == first or elsewhere == "asked"]
    return Rows(symbols, train, validation,
                [row(english, language, []) for english, language in pairs])


def read_rows(folder, part):
    """Of a data set of rows (harness/data/row_dataset.h)."""
    folder = pathlib.Path(folder)
    kind = "<u2" if json.loads((folder / "tokens.json").read_text())["vocab_size"] <= 65536 else "<u4"
    tokens = numpy.fromfile(folder / f"{part}-00000.tokens", kind).tolist()
    documents = numpy.fromfile(folder / f"{part}-00000.documents",
                               [("first", "<u8"), ("bytes", "<u4"), ("group", "<u4")])
    marks = numpy.fromfile(folder / f"{part}.marks", "u1").tolist()
    keys = numpy.fromfile(folder / f"{part}.keys", "<u8").tolist()
    ends = [*documents["first"].tolist()[1:], len(tokens)]
    return [Row(group, key, tokens[begin:end], marks[begin:end]) for group, key, begin, end in zip(
        documents["group"].tolist(), keys, documents["first"].tolist(), ends)]


def read_artifact(folder):
    folder = pathlib.Path(folder)
    return {"train": read_rows(folder, "train"), "validation": read_rows(folder, "validation"),
            "alternatives": read_rows(folder / "alternatives", "validation")}


def edits(a, b):
    costs = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        before, costs[0] = costs[0], i
        for j, y in enumerate(b, 1):
            before, costs[j] = costs[j], min(before + (x != y), costs[j] + 1, costs[j - 1] + 1)
    return costs[-1]


def copies(rows, languages):
    """What is copied ("en", or a language) -> (exact match, symbol error rate)."""
    answers = {(row.key, row.group): row.tokens[1:-1] for row in rows.alternatives}
    scores = {}
    for number, name in enumerate(["en", *languages[1:]]):
        exact = total = symbols = 0
        asked = [row for row in rows.validation if row.group == 0]
        for row in asked:
            given = row.marks.count(GIVEN)
            english, own = row.tokens[2:given - 1], row.tokens[given:-1]
            copied = answers.get((row.key, number), english) if number else english
            exact += copied == own
            total += edits(copied, own)
            symbols += len(own)
        scores[name] = exact / len(asked), total / symbols
    return scores


def main(arguments):
    if len(arguments) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    definition = tomllib.loads(pathlib.Path(arguments[0]).read_text(encoding="utf-8"))
    with open(arguments[1], encoding="utf-8") as file:
        records = [json.loads(line) for line in file]
    rows = expected_rows(records, definition["names"], definition.get("base_seed", 0))
    differing = 0
    for part, actual in read_artifact(arguments[2]).items():
        expected = getattr(rows, part)
        same = actual == expected
        differing += not same
        print(f"{part}: {len(actual)} rows, {len(expected)} expected: {'equal' if same else 'DIFFERENT'}")
    for name, (exact, error_rate) in copies(rows, definition["names"]["languages"]).items():
        print(f"copying {name}: exact match {exact:.3f}, symbol error rate {error_rate:.3f}")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
