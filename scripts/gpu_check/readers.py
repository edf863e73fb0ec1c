"""What the tools of check.py say, as figures: reports of GoogleTest, compute-sanitizer, Nsight Compute and Google
Benchmark, and results files. Standard library only, but for h5py where a results file is read."""
import csv
import json
import re


def gtest(text):
    """{"passed", "failed", "skipped"} of a --gtest_output=json report, and the names of what failed."""
    counts, failed = {"passed": 0, "failed": 0, "skipped": 0}, []
    for suite in json.loads(text)["testsuites"]:
        for test in suite["testsuite"]:
            if test.get("status") != "RUN":
                continue
            if test.get("failures"):
                failed.append(f"{suite['name']}.{test['name']}")
                counts["failed"] += 1
            else:
                counts["skipped" if test.get("result") == "SKIPPED" else "passed"] += 1
    return counts, failed


def sanitizer_errors(text):
    """The number of errors that compute-sanitizer found; None where it did not come to its end."""
    found = re.findall(r"^=+ ERROR SUMMARY: (\d+) error", text, re.MULTILINE)
    # racecheck ends with a summary of its own.
    found += re.findall(r"^=+ RACECHECK SUMMARY: (\d+) hazard", text, re.MULTILINE)
    return sum(map(int, found)) if found else None


def passed_tests(text):
    """How many tests passed by what GoogleTest prints at its end; skipped ones are none."""
    return sum(map(int, re.findall(r"^\[  PASSED  \] (\d+) test", text, re.MULTILINE)))


def ncu(text):
    """Rows of `ncu --csv --page raw`: [{"Kernel Name": ..., metric: number}]; units are a row of their own."""
    lines = [line for line in text.splitlines() if line.startswith('"')]
    rows = []
    for row in csv.DictReader(lines):
        if not row["ID"]:
            continue  # the units
        rows.append({key: number(value) for key, value in row.items() if key == "Kernel Name" or "__" in key})
    return rows


def number(text):
    try:
        return float(text.replace(",", ""))
    except ValueError:
        return text


def kernel_bench(text):
    """{name: {"seconds", "roofline"}} of a report of kernel-bench."""
    seconds = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0}
    return {one["name"]: {"seconds": one["real_time"] * seconds[one["time_unit"]], "roofline": one["roofline"]}
            for one in json.loads(text)["benchmarks"] if one.get("run_type", "iteration") == "iteration"}


def summary(path):
    """{metric: number} of a results file; metric/label where there is one."""
    import h5py
    with h5py.File(path) as file:
        return {"/".join(filter(None, (data.attrs["metric"], data.attrs["label"]))): float(data[()])
                for data in file["summary"].values()}


def markdown(rows):
    """The table of the rows of check.py: step, outcome, seconds, the figures that it shows."""
    lines = ["| step | outcome | s | figures |", "|---|---|---|---|"]
    for row in rows:
        shown = ", ".join(f"{name} {value:.4g}" if isinstance(value, float) else f"{name} {value}"
                          for name, value in row.get("shown", {}).items())
        lines.append(f"| {row['step']} | {row['outcome']} | {row['seconds']:.0f} | {row.get('why') or shown} |")
    return "\n".join(lines) + "\n"
