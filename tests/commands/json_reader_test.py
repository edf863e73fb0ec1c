"""Every JSON text goes through the strict reader of base/json.h: no other source starts the library's
parser, which takes a NUL byte for the end of its input and passes over a byte order mark."""
import pathlib
import re
import sys

SOURCE = pathlib.Path(sys.argv[1])
FOLDERS = ("base", "results", "trials", "kernels", "models", "harness")
# The calls of the library that parse, by any name of its type; from_json members are ours.
PARSES = re.compile(r"\bsax_parse\s*\(|\b[Jj]son\w*::(parse|accept|from_\w+)\s*\(")
MAY = {
    "base/json.cc": "the reader itself",
    "base/json_bench.cc": "what it is compared with",
    "harness/data/json_rows.cc": "a stream, which ends at a NUL byte as a fault",
    "results/journal_codec.cc": "CBOR, which is no text",
}


def main():
    found, used, num_files = [], set(), 0
    for folder in FOLDERS:
        for path in sorted((SOURCE / folder).rglob("*")):
            if path.suffix not in (".h", ".cc"):
                continue
            num_files += 1
            name = path.relative_to(SOURCE).as_posix()
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
                if not PARSES.search(line.split("//")[0]):
                    continue
                used.add(name)
                if name not in MAY:
                    found.append(f"{name}:{number}: parses JSON past base/json.h: {line.strip()}")
    found += [f"{name}: parses nothing any more; take it off the list" for name in MAY.keys() - used]
    print("\n".join(found) or f"{num_files} files are clean")
    return 1 if found or num_files < 100 else 0


sys.exit(main())
