"""No source has more than 400 lines, unless its first 25 lines say why: "Longer than 400 lines: ...".

Functions of more than 60 lines are clang-tidy's to find (.clang-tidy, readability-function-size).
"""
import pathlib
import subprocess
import sys

SOURCE = pathlib.Path(sys.argv[1])
MAX_LINES = 400
HEADER_LINES = 25
REASON = "Longer than 400 lines: "
SUFFIXES = {".h", ".cc", ".cu", ".cuh", ".py", ".sh", ".cmake"}
GENERATED = {"build", "store", ".git", "__pycache__"}


def sources():
    listed = subprocess.run(["git", "-C", SOURCE, "ls-files", "-z", "-co", "--exclude-standard"],
                            capture_output=True)
    if listed.returncode == 0 and (SOURCE / ".git").exists():
        paths = [SOURCE / name for name in listed.stdout.decode().split("\0") if name]
    else:
        paths = [path for path in SOURCE.rglob("*")
                 if not GENERATED.intersection(path.relative_to(SOURCE).parts)]
    return [path for path in paths if path.suffix in SUFFIXES and path.is_file()]


def complaint(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    says_why = any(REASON in line for line in lines[:HEADER_LINES])
    if len(lines) > MAX_LINES and not says_why:
        return f"{path.relative_to(SOURCE)}: {len(lines)} lines; split it, or say why in its header"
    if len(lines) <= MAX_LINES and says_why and path != pathlib.Path(__file__).resolve():
        return f"{path.relative_to(SOURCE)}: {len(lines)} lines; its reason for being long is stale"
    return None


def main():
    paths = sources()
    found = [text for text in map(complaint, paths) if text]
    print("\n".join(found) or f"{len(paths)} sources are of a length that one can read")
    return 1 if found or len(paths) < 10 else 0


sys.exit(main())
