"""kernel-bench: every kernel is in it, at the shapes of the perf_* experiments; it reports what results files take,
and what scripts/kernel_wins.py makes of a report.

usage: kernel_bench_test.py SOURCE_FOLDER BUILD_FOLDER [unittest arguments]; needs h5py. Skipped where the benchmarks
are not built (BENCH_BENCHMARKS=OFF).
"""

import functools
import json
import math
import re
import subprocess
import sys
import tomllib
import unittest

import h5py
from command_case import BIN, SOURCE, CommandCase

PROGRAM = BIN / "kernel-bench"
NAME = re.compile(r"^([A-Z]\w+)/(forward|forward_backward)/(fp32|bf16)/((?:[A-Za-z]\d+)+)/(ours|aten|composed)$")
# The odd shapes of 37 tokens: microseconds each.
SMALLEST = "/([A-Z][0-9]+)?[NMC](3|37)[A-Z][0-9]+[^/]*/"
COUNTERS = ("bytes_per_second", "flops_per_second", "roofline")
EXPERIMENTS = SOURCE / "experiments"


@functools.cache
def listed():
    done = subprocess.run([PROGRAM, "--benchmark_list_tests"], check=True, capture_output=True, text=True)
    return done.stdout.split()


def definition(name):
    return tomllib.loads((EXPERIMENTS / name / "v1.toml").read_text(encoding="utf-8"))


def lengths_of(name):
    """Tokens of the sequences of one step, as the experiment's rows are defined."""
    definitions = definition(name)
    sequences, tokens = definitions["training"]["batch_size"], definitions["training"]["max_tokens"]
    if name in ("perf_clm_10m", "perf_ppo_10m"):
        return [tokens] * sequences
    drawn = json.loads((EXPERIMENTS / "perf_tokens_sft/lengths.json").read_text(encoding="utf-8"))
    if name == "perf_sft_10m":
        return [sum(row) for row in drawn["sft"][:sequences]]
    return [prompt + response for prompt, *both in drawn["preference"][:sequences] for response in both]


def by_metric_and_label(group):
    """{(metric, label): (value or values, attributes)} of a group of a results file."""
    return {(data.attrs["metric"], data.attrs["label"]): (data[()], dict(data.attrs)) for data in group.values()}


class KernelBench(CommandCase):
    def smallest(self):
        """The results file of a run of every benchmark of the smallest shapes, one iteration each, three times; the
        report lies in program/ beside it. Each start of kernel-bench measures the machine first: there is one."""
        command = ["{programs}/kernel-bench", f"--benchmark_filter={SMALLEST}", "--benchmark_min_time=1e-9",
                   "--benchmark_repetitions=3", "--benchmark_out={run}/kernels.json", "--benchmark_out_format=json"]
        return self.once(EXPERIMENTS / "kernels_cpu" / "v1.toml", "--experiments", EXPERIMENTS, "--set",
                         f"program.command={json.dumps(command)}")

    def test_every_kernel_has_a_benchmark_of_its_own_code(self):
        stems = {path.name.removesuffix("_reference.cc").replace("_", "")
                 for path in (SOURCE / "kernels").glob("*_reference.cc")}
        self.assertGreaterEqual(len(stems), 9)
        names = [NAME.match(name) for name in listed()]
        self.assertTrue(all(names), listed())
        ours = {name[1].lower() for name in names if name[5] == "ours"}
        self.assertEqual(ours, stems)

    def test_shapes_are_those_of_the_experiments(self):
        names = set(listed())
        for name in ("perf_clm_10m", "perf_sft_10m", "perf_rm_10m", "perf_ppo_10m"):
            model, lengths = definition(name)["model"] if name != "perf_ppo_10m" else None, lengths_of(name)
            model = model or definition("perf_sft_10m")["model"]  # of which it begins
            hidden, heads, wide = model["hidden_size"], model["num_heads"], model["intermediate_size"]
            rows, vocab = sum(lengths), definition("perf_tokens_clm")["synthetic"]["vocab_size"]
            attention = f"B{len(lengths)}N{rows}H{heads}G{heads}d{hidden // heads}"
            shapes = {"RmsNorm": f"N{rows}D{hidden}", "SwiGlu": f"N{rows}F{wide}",
                      "Rope": f"N{rows}H{heads}d{hidden // heads}", "Linear": f"N{rows}D{hidden}E{wide}",
                      "RaggedAttention": attention, "ComposedAttention": attention}
            if name in ("perf_clm_10m", "perf_sft_10m"):
                shapes["LinearCrossEntropy"] = f"M{rows}D{hidden}V{vocab}"
            if name == "perf_ppo_10m":  # of the tokens that are sampled
                sampled = definition(name)["rollout"]["max_new_tokens"] * len(lengths)
                shapes["LinearLogProbs"] = f"M{sampled}D{hidden}V{vocab}"
            for kernel, shape in shapes.items():
                with self.subTest(experiment=name, kernel=kernel):
                    self.assertIn(f"{kernel}/forward_backward/fp32/{shape}/ours", names)
        rollout = definition("perf_ppo_10m")
        sequences, tokens = rollout["training"]["batch_size"], rollout["training"]["max_tokens"]
        self.assertIn(f"CachedAttention/forward/fp32/B{sequences}C{sequences * tokens}H6G6d48/ours", names)

    def test_a_short_run_of_each_reports_its_rates_and_the_roofline_of_the_same_run(self):
        content = json.loads((self.smallest().parent / "program" / "kernels.json").read_text())
        ran = [one for one in content["benchmarks"] if one["run_type"] == "iteration"]
        self.assertEqual({NAME.match(one["name"])[1] for one in ran}, {NAME.match(name)[1] for name in listed()})
        for one in ran:
            with self.subTest(name=one["name"]):
                self.assertNotIn("error_occurred", one)
                for counter in COUNTERS:
                    self.assertGreater(one[counter], 0)
                    self.assertTrue(math.isfinite(one[counter]))
                # Both rates are of one time: their ratio is the intensity, which the shape says.
                if one["name"].startswith("RmsNorm/forward/fp32/N37D30/"):
                    self.assertAlmostEqual(one["flops_per_second"] / one["bytes_per_second"],
                                           4 * 1110 / (4 * (2 * 1110 + 30)), places=9)
        context = content["context"]
        self.assertEqual(context["threads"], "2")
        for key in ("read_bytes_per_second/memory/threads:1", "copy_bytes_per_second/memory/threads:2",
                    "product_flops_per_second/fp32/1024x1024x1024"):
            self.assertGreater(float(context[key]), 1e6, key)

    def test_a_results_file_has_its_figures_with_units_and_direction(self):
        with h5py.File(self.smallest()) as file:
            samples, summary = by_metric_and_label(file["samples"]), by_metric_and_label(file["summary"])
            label = "RmsNorm/forward/fp32/N37D30/ours"
            for metric, units, better in (("call_time", "s", "lower"), ("compulsory_bandwidth", "bytes/s", "higher"),
                                          ("roofline_fraction", "1", "none")):
                values, attributes = samples[metric, label]
                self.assertEqual(len(values), 3)
                self.assertEqual((attributes["units"], attributes["better"]), (units, better))
                self.assertEqual(summary[metric, label][0], sorted(values)[1])
            self.assertLess(summary["call_time", label][0], 1)
            self.assertIn(("call_time", "Rope/forward_backward/fp32/N37H3d10/ours"), samples)

    def test_what_it_cannot_use_is_a_usage_error(self):
        for flag in ("--device=tpu", "--no_such_flag"):
            done = subprocess.run([PROGRAM, flag, "--benchmark_list_tests"], capture_output=True, text=True)
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertIn(flag, done.stderr)

    def test_a_filter_that_matches_nothing_is_a_usage_error_but_an_empty_list(self):
        nothing = "--benchmark_filter=^NoSuchKernel$"
        done = subprocess.run([PROGRAM, nothing], capture_output=True, text=True)
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn("^NoSuchKernel$", done.stderr)
        self.assertNotIn("measuring", done.stderr)  # nobody waits for what is not used
        done = subprocess.run([PROGRAM, nothing, "--benchmark_list_tests"], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)


def one(name, microseconds, **more):
    return {"name": name, "run_name": name, "run_type": "iteration", "real_time": microseconds, "time_unit": "us", **more}


class KernelWins(CommandCase):
    def judge(self, *benchmarks):
        report = self.place.folder / "report.json"
        report.write_text(json.dumps({"context": {}, "benchmarks": list(benchmarks)}))
        return subprocess.run([sys.executable, SOURCE / "scripts/kernel_wins.py", report], capture_output=True, text=True)

    def test_the_best_ratio_is_against_the_fastest_other_by_medians(self):
        case = "Rope/forward/fp32/N37H3d10"
        done = self.judge(*(one(f"{case}/ours", t) for t in (4, 2, 90)), one(f"{case}/composed", 12),
                          *(one(f"{case}/aten", t) for t in (6, 7, 5)),
                          one(f"{case}/ours", 1, run_type="aggregate"))
        self.assertEqual(done.returncode, 0, done.stderr)
        # Medians: ours 4, aten 6, composed 12.
        self.assertRegex(done.stdout, r"Rope +1\.50 +1 of 1 +forward/fp32/N37H3d10 +aten")

    def test_a_kernel_that_never_wins_is_named(self):
        done = self.judge(one("A/forward/fp32/N1/ours", 5), one("A/forward/fp32/N1/composed", 5),
                          one("B/forward/fp32/N1/ours", 5), one("B/forward/fp32/N1/composed", 5e-3, time_unit="ms"),
                          one("B/forward/fp32/N2/ours", 1), one("B/forward/fp32/N2/composed", 2))
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertRegex(done.stdout, r"A +1\.00 +0 of 1")
        self.assertRegex(done.stdout, r"B +2\.00 +1 of 2")
        self.assertIn("never faster: A", done.stderr)

    def test_a_report_without_pairs_is_an_error(self):
        self.assertEqual(self.judge(one("A/forward/fp32/N1/ours", 5)).returncode, 2)
        self.assertEqual(self.judge(one("BM_Old", 5)).returncode, 2)


if __name__ == "__main__":
    if not PROGRAM.exists():
        print("kernel-bench is not built")
        sys.exit(77)
    unittest.main()
