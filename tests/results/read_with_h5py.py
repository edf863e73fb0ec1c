"""Reads results files written by hdf5_writer_test.cc; the expectations repeat sample_record.h.

usage: read_with_h5py.py sample|resumed|example|non_finite RESULTS FORMAT_MD
"""

import math
import pathlib
import re
import sys

import h5py
import numpy as np


def check(actual, expected):
    equal = np.array_equal(actual, expected) if isinstance(expected, list) else actual == expected
    if not equal:
        raise AssertionError(f"expected {expected!r}, got {actual!r}")


def check_root(file):
    expected = {
        "format": "bench-results",
        "format_version": 1,
        "experiment": "sft_small",
        "version": 3,
        "stage": "sft",
        "status": "complete",
        "definition_sha256": "d" * 64,
        "recipe_key": "e" * 64,
        "run_id": "f" * 64,
        "replicate": 2,
        "ad_hoc": False,
        "strict": True,
        "machine_class": "0123456789abcdef",
        "device": "cpu",
        "threads": 2,
        "world_size": 12,
        "attempts": 1,
        "journal_torn_bytes": 0,
    }
    check(dict(file.attrs.items()), expected)
    for name in ("format", "experiment", "status"):
        assert isinstance(file.attrs[name], str), name
    check(sorted(file), sorted(["definition", "inputs", "provenance", "notes", "steps", "evals",
                                "ranges", "samples", "digests", "tables", "ranks", "summary",
                                "attempts"]))


def check_attribute_groups(file):
    check(dict(file["definition"].attrs), {"toml": "schema = 1  # 试验\n", "json": '{"schema":1}'})
    check(dict(file["inputs"].attrs), {"data": "1" * 64, "tokenizer": "2" * 64})
    provenance = file["provenance"]
    check(dict(provenance.attrs), {"commit": "abc", "cores": 2, "memory_gib": 23.5, "dirty": True,
                                   "source_commit": "abc", "source_dirty": True,
                                   "program_sha256": "8" * 64})
    check(provenance["diff"].asstr()[()], "x" * 70000 + "差")
    check(dict(file["notes"].attrs), {"artifact_sha256": "9" * 64, "accepted": False})


def check_series(file):
    loss = file["steps/loss"]
    check(loss.dtype, np.dtype("<f8"))
    check(loss[:], [5.25, 5.0, 4.125])
    check(loss.fletcher32, True)
    check({name: loss.attrs[name] for name in ("metric", "label", "units", "better", "kind")},
          {"metric": "loss", "label": "", "units": "nats/token", "better": "lower",
           "kind": "learning"})
    check(bool(loss.attrs["deterministic"]), True)
    assert loss.attrs["threshold"] > 0 and loss.attrs["description"]
    assert "non_finite" not in loss.attrs
    check(loss.dims[0]["step"][:], [1, 2, 3])
    check(loss.dims[0]["tokens"][:], [100, 200, 300])
    check(loss.dims[0]["wall_time_s"][:], [0.5, 1.0, 1.5])
    check(file["steps/step"][:], [1, 2, 3])
    check(file["steps/wall_time_s"].attrs["units"], "s")
    # A series with other rows has scales of its own.
    check(file["steps/grad_norm"].dims[0]["step"][:], [2])
    check(file["steps/step_2"][:], [2])
    check(sorted(file["evals"]), ["exact_match", "exact_match:zh_hant%2F50%25", "step", "tokens",
                                  "wall_time_s"])
    labelled = file["evals/exact_match:zh_hant%2F50%25"]
    check((labelled.attrs["metric"], labelled.attrs["label"]), ("exact_match", "zh_hant/50%"))
    check(labelled[:], [0.5])


def check_ranges(file):
    forward = file["ranges/forward"]
    check((forward.attrs["total_count"], forward.attrs["total_host_s"]), (12, 0.875))
    check(forward["count"][:], [4, 4, 4])
    check(forward["host_s"][:], [0.25, 0.125, 0.5])
    check(forward["device_s"][:], [0.2, 0.1, 0.4])
    check(forward["device_s"].attrs["units"], "s")
    check(forward["host_s"].dims[0]["step"][:], [1, 2, 3])
    generate = file["ranges/evaluate%2Fgenerate"]
    check(generate["host_s"].dims[0]["step"][:], [1, 3])
    check(generate["device_s"].dims[0]["step"][:], [3])  # what was not measured is absent
    check(generate["device_s"][:], [0.125])


def check_the_rest(file):
    check(file["samples/step_time"][:], [0.5, 0.25, 0.5])
    check(file["samples/step_time"].attrs["units"], "s")
    check(list(file["digests/weights"].asstr()[:]), ["a" * 64, "b" * 64])
    check(file["digests/weights"].dims[0]["step"][:], [0, 3])
    check(file["digests/optimizer"].dims[0]["step"][:], [3])
    table = file["tables/samples"]
    check(list(table.attrs["columns"]), ["step", "prompt", "score", "rank"])
    check(table["step"][:], [3, 3])
    check(list(table["prompt"].asstr()[:]), ["今天天气真好", ""])
    check(table["score"][:], [0.5, 1.5])
    check(table["rank"].dtype, np.dtype("<i8"))
    check(file["summary/loss"][()], 4.125)
    check(file["summary/train_time"].attrs["better"], "lower")
    check(bool(file["summary/train_time"].attrs["deterministic"]), False)


def check_ranks(file):
    ranks = file["ranks"]
    check(sorted(ranks, key=int), ["0", "2", "11"])
    check({rank: group["peak_memory"][()] for rank, group in ranks.items()},
          {"0": 4096.0, "2": 2048.0, "11": 1024.0})
    check(ranks["2/peak_memory"].dtype, np.dtype("<f8"))
    check(ranks["2/peak_memory"].attrs["units"], "bytes")
    check(sorted(ranks["2"]), ["examples:zh_hant%2F50%25", "peak_memory"])
    labelled = ranks["2/examples:zh_hant%2F50%25"]
    check((labelled[()], labelled.attrs["metric"], labelled.attrs["label"]),
          (7.0, "examples", "zh_hant/50%"))
    check(bool(labelled.attrs["deterministic"]), True)


LAST_ATTEMPT = {"run_id": "f" * 64, "machine_class": "0123456789abcdef", "device": "cpu",
                "threads": 2, "world_size": 12, "source_commit": "abc", "source_dirty": True,
                "program_sha256": "8" * 64}


def check_attempts(file, expected):
    check({name: dict(group.attrs) for name, group in file["attempts"].items()}, expected)


def check_every_number_is_described(file):
    def visit(path, item):
        if isinstance(item, h5py.Dataset) and path.split("/")[0] in (
                "steps", "evals", "ranges", "samples", "ranks", "summary"):
            for name in ("units", "better", "deterministic", "description"):
                assert name in item.attrs, f"{path} lacks {name}"

    file.visititems(visit)


def sample(path, _):
    with h5py.File(path) as file:
        check_root(file)
        check_attribute_groups(file)
        check_series(file)
        check_ranges(file)
        check_the_rest(file)
        check_ranks(file)
        check_attempts(file, {"1": {"strict": True, **LAST_ATTEMPT}})
        check_every_number_is_described(file)


def resumed(path, _):
    with h5py.File(path) as file:
        check(int(file.attrs["attempts"]), 3)
        # What the first one did not know is absent, and so is the second, of which nothing is known.
        check_attempts(file, {
            "1": {"run_id": "7" * 64, "strict": True, "machine_class": "fedcba9876543210",
                  "device": "cuda", "threads": 1, "world_size": 2, "source_commit": "def",
                  "source_dirty": False, "host": "elsewhere"},
            "3": {"from_step": 2, "strict": False, **LAST_ATTEMPT}})


def non_finite(path, _):
    with h5py.File(path) as file:
        check(file.attrs["status"], "diverged")
        loss = file["steps/loss"]
        check(loss.attrs["non_finite"], 2)
        assert loss[0] == 5.25 and math.isnan(loss[1]) and loss[2] == math.inf


def example(path, format_md):
    blocks = re.findall(r"```python\n(.*?)```", pathlib.Path(format_md).read_text("utf-8"), re.S)
    assert blocks, "FORMAT.md has no Python example"
    for block in blocks:
        names = {"path": path}
        exec(compile(block, "FORMAT.md", "exec"), names)  # pylint: disable=exec-used
        check(names["steps"]["loss"].tolist(), [5.25, 5.0, 4.125])
        check(names["summary"], {"loss": 4.125, "train_time": 1.5, "exact_match/zh_hant/50%": 0.5})
        check(names["samples"]["prompt"], ["今天天气真好", ""])


if __name__ == "__main__":
    {"sample": sample, "resumed": resumed, "example": example, "non_finite": non_finite}[sys.argv[1]](*sys.argv[2:])
