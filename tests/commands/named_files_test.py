"""Files that C++ sources name below the source tree are there: golden values move with their room, and a test or a
benchmark that reads them by their old name would say so only when it runs.

usage: named_files_test.py SOURCE_FOLDER
"""
import pathlib
import re
import sys

SOURCE = pathlib.Path(sys.argv[1])
ROOTS = {"BENCH_SOURCE_DIR": SOURCE, "BENCH_TEST_DATA": SOURCE / "tests"}
# std::string(BENCH_TEST_DATA) + "/a/b", BENCH_TEST_DATA "/a/b", also over two lines.
NAMED = re.compile(r'\b(BENCH_SOURCE_DIR|BENCH_TEST_DATA)\)?\s*\+?\s*"/([^"]+)"')


def is_there(path):
    """`path`, or files that it begins the names of."""
    return path.exists() or any(path.parent.glob(path.name + "*"))


def main():
    found = []
    num_named = 0
    for folder in ("base", "results", "kernels", "models", "harness", "tests"):
        for path in sorted((SOURCE / folder).rglob("*")):
            if path.suffix not in (".h", ".cc", ".cu"):
                continue
            text = path.read_text(encoding="utf-8")
            for match in NAMED.finditer(text):
                num_named += 1
                if not is_there(ROOTS[match[1]] / match[2]):
                    line = text.count("\n", 0, match.start()) + 1
                    found.append(f"{path.relative_to(SOURCE)}:{line}: {match[2]} is not there")
    print("\n".join(found) or f"{num_named} named files are there")
    # Finding none would mean that they are named in another way now.
    return 1 if found or num_named < 10 else 0


sys.exit(main())
