"""The verdicts of json_texts.txt, which base/json.h is tested against, held against Python's json.

Fails where Python reads a text otherwise than the file says: what we read must be what Python
reads, and where the two differ the file has Python's answer too, so that no difference is unknown.
"""
import json
import pathlib
import sys

SOURCE = pathlib.Path(sys.argv[1])


def answer_of(text):
    try:
        return repr(json.loads(text.decode("utf-8")))
    except ValueError:
        return "refused"


def main():
    lines = (SOURCE / "tests/base/json_texts.txt").read_text(encoding="utf-8").splitlines()
    num_wrong = num_read = 0
    for line in lines:
        if not line or line.startswith("#"):
            continue
        escaped, ours, python = line.split("\t")
        text = escaped.encode("ascii").decode("unicode_escape").encode("latin-1")
        expected = python
        if python == "same":
            expected = "refused" if ours == "refused" else repr(json.loads(ours))
        answer = answer_of(text)
        num_read += 1
        if answer != expected:
            num_wrong += 1
            print(f"{escaped}: Python says {answer}, the file {expected}")
    print(f"{num_read} texts, {num_wrong} wrong")
    return 1 if num_wrong or num_read < 100 else 0


sys.exit(main())
