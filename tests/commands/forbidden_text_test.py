"""No file of the project holds what only makes sense on one machine: home folders, the addresses of
package registries, or conflict markers."""
import pathlib
import re
import subprocess
import sys

SOURCE = pathlib.Path(sys.argv[1])
# Written so that this file does not match itself.
FORBIDDEN = {
    "a home folder": re.compile(r"(?<![\w.$}~])/(ro[o]t|wo[r]k|ho[m]e/[a-z][\w-]*|User[s]/\w+)/"),
    "a package registry": re.compile(r"https?://[^\s\"')]*(pyp[i]\.|pythonhoste[d]|deb\.debia[n]|anacond[a])"),
    "a conflict marker": re.compile(r"^(<{7}|>{7}) ", re.MULTILINE),
}
GENERATED = {"build", "store", ".git", "__pycache__"}


def project_files():
    listed = subprocess.run(["git", "-C", SOURCE, "ls-files", "-z", "-co", "--exclude-standard"],
                            capture_output=True)
    if listed.returncode == 0 and (SOURCE / ".git").exists():
        return [SOURCE / name for name in listed.stdout.decode().split("\0") if name]
    return [path for path in SOURCE.rglob("*")
            if not GENERATED.intersection(path.relative_to(SOURCE).parts)]


def violations(path):
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return  # a binary test vector
    for what, pattern in FORBIDDEN.items():
        for match in pattern.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            yield f"{path.relative_to(SOURCE)}:{line}: {what}: {match[0]}"


def main():
    files = [path for path in project_files() if path.is_file()]
    found = [text for path in files for text in violations(path)]
    print("\n".join(found) or f"{len(files)} files are clean")
    return 1 if found or len(files) < 10 else 0


sys.exit(main())
