#!/usr/bin/env python3
"""Writes the requirements of the peers' Python environments, every package pinned by version and hash.

    scripts/lock_peers.py HARNESS_PYTHON [NAME...]

HARNESS_PYTHON is the interpreter of the environment that set-up makes (its PyTorch is the peers' too: what is
installed there is not installed again). For each NAME (without one: all of ENVIRONMENTS) pip resolves the
packages asked for beside what is there, without installing anything, and says which archive it would take of
each; experiments/peers/requirements_NAME.txt lists these with their SHA-256. The archives are those of this
Python and machine: CPython 3.11 on x86-64 Linux.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
# PPO left TRL's library with 1.0.0, the last release that has it as trl.experimental.ppo.
ENVIRONMENTS = {
    "trl": ["trl==1.16.0", "transformers==5.24.0"],
    "trl_ppo": ["trl==1.0.0", "transformers==5.24.0"],
    # What datatrove imports for these steps and does not require itself; it calls what newer releases of xxhash lack.
    "datatrove": ["datatrove==0.10.1", "spacy==3.8.18", "orjson", "regex", "tokenizers", "xxhash<4"],
}


def run(command: list) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def resolved(python: str, packages: list, folder: pathlib.Path) -> list:
    """What pip would install beside the packages of `python`, as its report says it."""
    run([python, "-m", "venv", folder / "venv"])
    where = "import sysconfig; print(sysconfig.get_path('purelib'))"
    inner = folder / "venv/bin/python"
    pathlib.Path(run([inner, "-c", where]).strip(), "harness.pth").write_text(run([python, "-c", where]))
    report = folder / "report.json"
    run([inner, "-m", "pip", "install", "--dry-run", "--quiet", "--disable-pip-version-check", "--report", report,
         *packages])
    return json.loads(report.read_text())["install"]


def line_of(item: dict) -> str:
    name = item["metadata"]["name"].lower().replace("_", "-")
    digest = item["download_info"]["archive_info"]["hashes"]["sha256"]
    return f"{name}=={item['metadata']['version']} \\\n    --hash=sha256:{digest}\n"


def main() -> int:
    if len(sys.argv) < 2 or set(sys.argv[2:]) - set(ENVIRONMENTS):
        print(__doc__)
        return 2
    for name in sys.argv[2:] or ENVIRONMENTS:
        with tempfile.TemporaryDirectory() as folder:
            items = resolved(sys.argv[1], ENVIRONMENTS[name], pathlib.Path(folder))
        head = (f"# {' '.join(ENVIRONMENTS[name])}, beside the packages of set-up (setup/requirements.txt).\n"
                f"# Made by scripts/lock_peers.py; CPython 3.11, x86-64 Linux.\n")
        path = ROOT / f"experiments/peers/requirements_{name}.txt"
        path.write_text(head + "".join(sorted(map(line_of, items))), encoding="utf-8")
        print(f"{path.relative_to(ROOT)}: {len(items)} packages")
    return 0


if __name__ == "__main__":
    sys.exit(main())
