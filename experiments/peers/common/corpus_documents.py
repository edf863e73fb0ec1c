"""The documents of perf_corpus, for peers: the quotations of the source's files as the harness reads them
(harness/corpus/quotations.h, record_joiner.h, unicode_text.h), so that both sides filter the same texts.
"""
import os
import pathlib
import re
import unicodedata

MIN_JOINED_CHARACTERS = 2000  # as corpus.min_joined_characters
BLANKS = " \t\n\v\f\r"


def quotations(text: str) -> list:
    """Texts between lines of a single percent sign, without a terminal's colours."""
    found, lines = [], []
    for line in [*re.sub(r"\x1b\[[\x20-\x3f]*[^\x20-\x3f]?", "", text).split("\n"), "%"]:
        if line.rstrip(BLANKS) == "%":
            found.append("\n".join(lines).strip(BLANKS))
            lines = []
        else:
            lines.append(line)
    return [quotation for quotation in found if quotation]


def joined(records: list) -> list:
    """Documents of at least MIN_JOINED_CHARACTERS, blank lines not counted; the last may be shorter."""
    documents, held, characters = [], [], 0
    for record in records:
        held.append(record)
        characters += len(record)
        if characters >= MIN_JOINED_CHARACTERS:
            documents.append("\n\n".join(held))
            held, characters = [], 0
    return documents + (["\n\n".join(held)] if held else [])


def normalised(text: str) -> str:
    """NFC, "\\n" for every end of a line, no other control characters, no blank lines at the ends."""
    text = re.sub("\r\n|[\r\v\f\x85\u2028\u2029]", "\n", text)
    text = "".join(c for c in text if c in "\n\t" or not (unicodedata.category(c) == "Cc" or c == "\ufeff"))
    return re.sub(r"^([ \t]*\n)+", "", unicodedata.normalize("NFC", text).rstrip())


def documents() -> list:
    """(identity, text) of each, in the order of the files' paths."""
    root = pathlib.Path(os.environ["BENCH_INPUT_QUOTATIONS"])
    found = []
    for path in sorted(p for p in root.rglob("*") if p.is_file() and not p.is_symlink()):
        records = quotations(path.read_bytes().decode("utf-8"))
        name = path.relative_to(root).as_posix()
        found += [(f"{name}#{number}", normalised(text)) for number, text in enumerate(joined(records), start=1)]
    return found
