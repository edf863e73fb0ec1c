"""Every test that tests/FAULTS.md names exists: `Suite.Name` of GoogleTest or `Class.test_name` of a
Python test, with * for any text; and every file it names."""
import fnmatch
import pathlib
import re
import sys

SOURCE = pathlib.Path(sys.argv[1])
TESTS = SOURCE / "tests"
QUOTED = re.compile(r"`([^`]+)`")
# A name that stands for a test: two parts, the first a suite or a class.
TEST_NAME = re.compile(r"[A-Z]\w*\*?\.[\w*]+")
FILE_NAME = re.compile(r"[\w/]+\.(?:py|cc|md)")
GOOGLE_TEST = re.compile(r"^TEST(?:_F|_P)?\(\s*(\w+),\s*(\w+)\)", re.MULTILINE)
PYTHON_TEST = re.compile(r"^class (\w+)|^    def (test_\w+)", re.MULTILINE)


def google_tests():
    for path in TESTS.rglob("*_test.cc"):
        for suite, name in GOOGLE_TEST.findall(path.read_text(encoding="utf-8")):
            yield f"{suite}.{name}"


def python_tests():
    for path in TESTS.rglob("*_test.py"):
        current = ""
        for name, test in PYTHON_TEST.findall(path.read_text(encoding="utf-8")):
            current = name or current
            if test:
                yield f"{current}.{test}"


def rows():
    """(number of the line, its text) of the table of faults."""
    for number, line in enumerate((TESTS / "FAULTS.md").read_text(encoding="utf-8").splitlines(), 1):
        if re.match(r"\| \d+ \|", line):
            yield number, line


def file_exists(name):
    return any((folder / name).exists() for folder in (SOURCE, TESTS, TESTS / "commands"))


def main():
    known = {*google_tests(), *python_tests()}
    named, found = 0, []
    for number, line in rows():
        for text in QUOTED.findall(line):
            if FILE_NAME.fullmatch(text):
                missing = not file_exists(text)
            elif TEST_NAME.fullmatch(text):
                named += 1
                missing = not any(fnmatch.fnmatchcase(test, text) for test in known)
            elif "." in text:
                found.append(f"FAULTS.md:{number}: `{text}` is neither a test nor a file")
                continue
            else:
                continue
            if missing:
                found.append(f"FAULTS.md:{number}: there is no {text}")
    print("\n".join(found) or f"all {named} names of tests lead to one of {len(known)} tests")
    # Finding no name would mean that the table's form changed under this test.
    return 1 if found or named < 20 else 0


sys.exit(main())
