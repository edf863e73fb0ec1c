"""Includes follow the arrows of the design: base <- results; kernels alone; models <- kernels; the
harness sees all. Tests may include anything."""
import pathlib
import re
import sys

SOURCE = pathlib.Path(sys.argv[1])
FOLDERS = ("base", "results", "kernels", "models", "harness", "tests")
# Folder -> what it may include beside itself.
ALLOWED = {
    "base": set(),
    "results": {"base"},
    "kernels": set(),
    "models": {"base", "kernels"},
    "harness": {"base", "results", "kernels", "models"},
}
INCLUDE = re.compile(r'^\s*#\s*include\s*["<]([^">]+)[">]')


def allowed(path, folder):
    """The folders that `path` may include."""
    may = ALLOWED[folder] | {folder}
    if folder == "kernels" and path.stem.endswith("_bench"):
        may = may | {"results", "base"}
    return may


def violations(path):
    relative = path.relative_to(SOURCE)
    folder = relative.parts[0]
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        match = INCLUDE.match(line)
        if not match:
            continue
        name = match[1]
        first = name.split("/")[0]
        if line.lstrip().startswith("#include \"") and "/" not in name:
            yield f'{relative}:{number}: "{name}": write the path from the root'
        if first in FOLDERS and first not in allowed(path, folder):
            yield f"{relative}:{number}: {folder}/ must not include {name}"


def main():
    sources = [path for folder in ALLOWED for path in sorted((SOURCE / folder).rglob("*"))
               if path.suffix in (".h", ".cc", ".cu", ".cuh")]
    found = [text for path in sources for text in violations(path)]
    print("\n".join(found) or f"{len(sources)} files follow the arrows")
    # Finding no source would mean that the layout changed under this test.
    return 1 if found or len(sources) < 10 else 0


sys.exit(main())
