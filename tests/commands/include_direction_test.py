"""Includes follow the arrows of the design: base <- results <- trials; kernels alone; models <- kernels; the
harness sees all, and its own folders have an order: no two include each other, by whatever way.
Tests may include anything."""
import graphlib
import pathlib
import re
import sys

SOURCE = pathlib.Path(sys.argv[1])
FOLDERS = ("base", "results", "trials", "kernels", "models", "harness", "tests")
# Folder -> what it may include beside itself.
ALLOWED = {
    "base": set(),
    "results": {"base"},
    "trials": {"base", "results"},
    "kernels": set(),
    "models": {"base", "kernels"},
    "harness": {"base", "results", "kernels", "models"},
}
INCLUDE = re.compile(r'^\s*#\s*include\s*["<]([^">]+)[">]')


def is_source(path):
    return path.suffix in (".h", ".cc", ".cu", ".cuh")


def includes(path):
    """(number of the line, the line, the name) of each."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if match := INCLUDE.match(line):
            yield number, line, match[1]


def allowed(path, folder):
    """The folders that `path` may include."""
    may = ALLOWED[folder] | {folder}
    if folder == "kernels" and (path.stem.endswith("_bench") or path.parent.name == "bench"):
        may = may | {"results", "base"}
    return may


def violations(path):
    relative = path.relative_to(SOURCE)
    folder = relative.parts[0]
    for number, line, name in includes(path):
        first = name.split("/")[0]
        if line.lstrip().startswith("#include \"") and "/" not in name:
            yield f'{relative}:{number}: "{name}": write the path from the root'
        if first in FOLDERS and first not in allowed(path, folder):
            yield f"{relative}:{number}: {folder}/ must not include {name}"


def node(name):
    """What a file of the harness counts as in the order: its folder."""
    return str(pathlib.PurePosixPath(name).parent)


def harness_graph():
    """node -> {node that it includes: one place where it does}."""
    graph = {}
    for path in sorted((SOURCE / "harness").rglob("*")):
        if not is_source(path):
            continue
        relative = path.relative_to(SOURCE).as_posix()
        below = graph.setdefault(node(relative), {})
        for number, _, name in includes(path):
            if name.startswith("harness/") and node(name) != node(relative):
                below.setdefault(node(name), f"{relative}:{number}")
    return graph


def cycles():
    graph = harness_graph()
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        way = error.args[1][::-1]  # of includes: the sorter lists what is needed first
        yield "folders include each other: " + ", ".join(
            f"{graph[above][below]} includes {below}" for above, below in zip(way, way[1:]))


def main():
    sources = [path for folder in ALLOWED for path in sorted((SOURCE / folder).rglob("*"))
               if is_source(path)]
    found = [text for path in sources for text in violations(path)] + list(cycles())
    print("\n".join(found) or f"{len(sources)} files follow the arrows")
    # Finding no source would mean that the layout changed under this test.
    return 1 if found or len(sources) < 10 else 0


sys.exit(main())
