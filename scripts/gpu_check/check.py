#!/usr/bin/env python3
"""All that needs a GPU, in one command of at most eight minutes: run it from an unpacked bundle (bundle.py).

  tar xf gpu_check.tar.gz && gpu_check/scripts/gpu_check/check.py --out results

Steps in order: the tests of the GPU, compute-sanitizer on our kernels, pre-training of 1.1 B parameters (perf_clm_1b),
kernel-bench, Nsight Compute on each of our kernels, the same pre-training by transformers under torch.compile, two
strict runs compared bit for bit, decoding, and PPO. Each has a limit of time; what no longer fits is "not reached".
Written after each step: gpu_check.json (all figures) and gpu_check.md (a table). Needs python3 with the LibTorch that
the programs are built with, h5py, and for one step transformers; ncu and compute-sanitizer on PATH.
Exit codes: 0 all passed; 1 a step failed; 3 some were not reached or skipped; 5 there is no usable GPU.
"""
import argparse
import contextlib
import importlib.util
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import readers  # noqa: E402

BUNDLE = pathlib.Path(__file__).resolve().parent.parent.parent
BIN = BUNDLE / "bin"
SHOWN = ("step_time", "target_tokens_per_second", "model_flops_utilization", "peak_device_memory")
NCU_METRICS = {"time": "gpu__time_duration.sum", "dram_percent": "dram__throughput.avg.pct_of_peak_sustained_elapsed",
               "sm_percent": "sm__throughput.avg.pct_of_peak_sustained_elapsed", "dram_bytes": "dram__bytes.sum"}
OURS = r"^(RmsNorm|SwiGlu)/forward_backward/.*/ours$"


class Failed(Exception):
    """A step ran, and what it found is wrong."""


class Skipped(Exception):
    """What a step needs is not there."""


class NotReached(Exception):
    """A step had less time than its limit, and that was not enough."""


def torch_folders():
    """LibTorch's libraries and those of its dependencies: of the torch that this Python would import, which takes
    seconds and is left to those who need more of it than its place."""
    found = importlib.util.find_spec("torch")
    if found is None or not found.submodule_search_locations:
        return []
    torch = pathlib.Path(found.submodule_search_locations[0])
    return [torch / "lib", *sorted(torch.parent.glob("nvidia/*/lib"))]


class Check:
    def __init__(self, out, seconds):
        self.out, self.deadline = out, time.monotonic() + seconds
        self.out.mkdir(parents=True, exist_ok=True)
        self.temporary = tempfile.TemporaryDirectory(prefix="gpu_check-")
        self.scratch = pathlib.Path(self.temporary.name)
        self.rows, self.step_deadline = [], self.deadline
        folders = [BUNDLE / "lib", *torch_folders()]
        path = ":".join([*map(str, folders), *filter(None, [os.environ.get("LD_LIBRARY_PATH")])])
        self.environment = {**os.environ, "LD_LIBRARY_PATH": path, "BENCH_ROOT": str(BUNDLE),
                            "BENCH_STORE": str(self.scratch / "store"), "NO_COLOR": "1"}

    def run(self, *command, codes=(0,)):
        """Its output; Failed for another exit code than `codes`, or where its time is over."""
        words = [str(word) for word in command]
        name = pathlib.Path(words[0]).name
        seconds = max(1, self.step_deadline - time.monotonic())
        try:
            process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                       text=True, errors="replace", env=self.environment, start_new_session=True)
        except FileNotFoundError as missing:
            raise Skipped(f"{words[0]} is not there") from missing
        with process:
            try:
                out, err = process.communicate(timeout=seconds)
            except BaseException as over:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)  # what it has started, too
                process.wait()
                if not isinstance(over, subprocess.TimeoutExpired):
                    raise
                if self.step_deadline >= self.deadline:
                    raise NotReached("its time was cut by the deadline") from over
                raise Failed(f"{name}: not done in {seconds:.0f} s") from over
        if process.returncode not in codes:
            last = (err.strip() or out.strip() or "no output").splitlines()[-1]
            raise Failed(f"{name}: exit code {process.returncode}: {last}")
        return out + err

    def step(self, name, limit, work):
        """One row of the table; `work` returns (figures, those that the table shows)."""
        begin, row = time.monotonic(), {"step": name, "outcome": "passed"}
        self.step_deadline = min(self.deadline, begin + limit)
        if self.deadline - begin < min(limit, 15):
            row.update(outcome="not reached", why="no time left")
        else:
            try:
                row["figures"], row["shown"] = work()
            except Failed as failed:
                row.update(outcome="failed", why=str(failed))
            except Skipped as skipped:
                row.update(outcome="skipped", why=str(skipped))
            except NotReached as cut:
                row.update(outcome="not reached", why=str(cut))
            except Exception as error:  # the steps after it are worth their time all the same
                row.update(outcome="failed", why=" ".join(f"{type(error).__name__}: {error}".split()))
        row["seconds"] = time.monotonic() - begin
        self.rows.append(row)
        print(f"{name}: {row['outcome']}, {row['seconds']:.0f} s {row.get('why', '')}", flush=True)
        self.write()

    def write(self):
        (self.out / "gpu_check.json").write_text(json.dumps(self.rows, indent=1) + "\n", encoding="utf-8")
        (self.out / "gpu_check.md").write_text(readers.markdown(self.rows), encoding="utf-8")

    # --- the steps ---

    def gpu(self):
        query = self.run("nvidia-smi", "--query-gpu=name,driver_version,memory.total", "--format=csv,noheader").strip()
        return {"gpu": query}, {"GPU": query}

    def tests(self):
        counts, failed = {"passed": 0, "failed": 0, "skipped": 0}, []
        for program, chosen in (("kernels_test", "CudaKernels.*"), ("tensor_memory_test", "*Gpu*")):
            report = self.scratch / f"{program}.json"
            self.run(BIN / program, f"--gtest_filter={chosen}", f"--gtest_output=json:{report}", codes=(0, 1, 77))
            more, names = readers.gtest(report.read_text(encoding="utf-8"))
            counts = {key: counts[key] + more[key] for key in counts}
            failed += names
            if not names and more["passed"] == 0:
                failed.append(f"{program} (no test of it ran)")
        if failed:
            raise Failed(f"failed: {', '.join(failed)}")
        return counts, counts

    def sanitizer(self):
        errors = {}
        for tool in ("memcheck", "racecheck", "synccheck"):
            text = self.run("compute-sanitizer", "--tool", tool, BIN / "kernels_test", "--gtest_filter=CudaKernels.*",
                            codes=range(256))
            errors[tool] = readers.sanitizer_errors(text)
            if readers.passed_tests(text) == 0:
                raise Failed(f"{tool}: no test passed under it")
        if any(found is None or found > 0 for found in errors.values()):
            raise Failed(f"errors, or no summary: {errors}")
        return errors, errors

    def experiment(self, name, *options):
        out = self.scratch / f"{name.replace('/', '_')}-{len(self.rows)}"
        self.run(BIN / "bench-run", BUNDLE / "experiments" / name, "--device", "cuda", "--out", out, *options)
        try:
            figures = readers.summary(out / "results.h5")
        except ImportError as missing:
            raise Skipped("this Python has no h5py") from missing
        return figures, {key: figures[key] for key in SHOWN if key in figures}

    def kernel_bench(self):
        report = self.scratch / "kernels.json"
        self.run(BIN / "kernel-bench", "--device=cuda", "--benchmark_min_time=0.02", f"--benchmark_out={report}",
                 "--benchmark_out_format=json")
        content = report.read_text(encoding="utf-8")
        shutil.copy(report, self.out / "kernels.json")
        figures = readers.kernel_bench(content)
        ours = {name: one["roofline"] for name, one in figures.items() if name.endswith("/ours") and "/bf16/" in name}
        return figures, {name: ours[name] for name in ours if name.startswith(("RmsNorm/", "SwiGlu/"))}

    def ncu(self):
        log = self.scratch / "ncu.csv"
        self.run("ncu", "--csv", "--page", "raw", "--log-file", log, "--clock-control", "none", "--kernel-name-base",
                 "demangled", "--kernel-name", "regex:bench::kernels", "--launch-count", "60", "--metrics",
                 ",".join(NCU_METRICS.values()), BIN / "kernel-bench", "--device=cuda",
                 f"--benchmark_filter={OURS}", "--benchmark_min_time=1e-9")
        rows = readers.ncu(log.read_text(encoding="utf-8", errors="replace"))
        if not rows:
            raise Failed("ncu saw none of our kernels")
        best = {}
        for row in rows:
            name = row["Kernel Name"].split("(")[0]
            best[name] = max(best.get(name, 0.0), row[NCU_METRICS["dram_percent"]])
        return {"kernels": rows}, {f"{name} DRAM %": value for name, value in best.items()}

    def transformers(self):
        script = BUNDLE / "scripts/gpu_check/transformers_clm_1b.py"
        if subprocess.run([sys.executable, "-c", "import transformers"], capture_output=True).returncode != 0:
            raise Skipped("this Python has no transformers")
        lines = self.run(sys.executable, script).splitlines()
        figures = json.loads(next(line for line in lines if line.startswith("{")))
        return figures, figures

    def strict(self):
        out = self.scratch / "strict"
        self.run(BIN / "bench-run", BUNDLE / "experiments/perf_clm_1b", "--device", "cuda", "--steps", "3", "--set",
                 'run.determinism="strict"', "--repeat", "2", "--same-seed", "--out", out)
        runs = sorted(path.parent for path in out.rglob("results.h5"))
        if len(runs) != 2:
            raise Failed(f"{len(runs)} results files of two runs")
        self.run(BIN / "bench-compare", "--require", "bitwise", *runs)
        return {"equal": True}, {"two runs": "equal bit for bit"}

    def decode(self):
        return self.experiment("perf_decode_10m@2", "--set", 'model.artifact="perf_clm_1b@1"', "--set",
                               'decode.prompts="perf_tokens_ppo_1b@1"')


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("gpu_check_results"))
    parser.add_argument("--minutes", type=float, default=8)
    arguments = parser.parse_args()
    check = Check(arguments.out.resolve(), arguments.minutes * 60)
    check.step("GPU", 20, check.gpu)
    if check.rows[0]["outcome"] != "passed":
        print("no usable NVIDIA GPU here", file=sys.stderr)
        return 5
    check.step("tests", 60, check.tests)
    check.step("compute-sanitizer", 90, check.sanitizer)
    check.step("perf_clm_1b", 120, lambda: check.experiment("perf_clm_1b"))
    check.step("kernel-bench", 60, check.kernel_bench)
    check.step("ncu", 60, check.ncu)
    check.step("transformers, compiled", 120, check.transformers)
    check.step("strict, twice", 90, check.strict)
    check.step("decoding, 1.1 B parameters", 60, check.decode)
    check.step("perf_ppo_1b", 180, lambda: check.experiment("perf_ppo_1b"))
    outcomes = {row["outcome"] for row in check.rows}
    return 1 if "failed" in outcomes else 3 if outcomes - {"passed"} else 0


if __name__ == "__main__":
    sys.exit(main())
