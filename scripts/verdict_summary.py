"""What a script that measures bench-compare found, as a JSON file that render_verdicts.py keeps.

A summary has the name of what was measured, the command in short, the day, the commit and machine of the results
(null where no real run is part of it), and rows of `what` was compared, the `figure`, and `counts` behind it.
"""
import datetime
import json
import pathlib

FORMAT, VERSION = "bench-verdict-figures", 1


def row(what, figure, **counts):
    return {"what": what, "figure": figure, "counts": counts}


def machine_of(results):
    """Class, name and commit of a results file: (machine, commit)."""
    import h5py  # scripts without real runs do without it
    with h5py.File(results) as file:
        provenance = file["provenance"].attrs
        cores = float(provenance["effective_cores"])
        name = (f"{provenance['cpu_model']}, {provenance['cpu_capability']}, {cores:g} "
                f"{'core' if cores == 1 else 'cores'}")
        commit = str(provenance["source_commit"]) + ("+" if provenance.get("source_dirty", False) else "")
        return {"class": str(file.attrs["machine_class"]), "name": name}, commit


def write_summary(path, name, command, rows, results=None):
    """`results`: a results file of the machine and program that were measured."""
    machine, commit = machine_of(results) if results else (None, None)
    summary = {"format": FORMAT, "format_version": VERSION, "name": name, "command": command,
               "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d"), "source_commit": commit,
               "machine": machine, "rows": rows}
    path.write_text(json.dumps(summary, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def add_option(parser):
    parser.add_argument("--summary", type=pathlib.Path, metavar="FILE",
                        help="write what was found there, for scripts/render_verdicts.py")
