"""The results of scripts/compare_families.py, and the statistics of their comparison.

A run of one family is compared with that of another by replicate: replicate r of every family has
the same data in the same order. Intervals are Student's, of the paired differences; those of
several comparisons that are read together are simultaneous (Bonferroni).
"""
import dataclasses
import math
import statistics

import h5py
import numpy

KIND = "families"
BASE = "family_llama2"
# Name and shape, for people.
EXPERIMENTS = {
    "family_llama2": "LLaMA2",
    "family_qwen": "Qwen",
    "family_chatglm2": "ChatGLM2",
    "family_falcon": "Falcon-7B",
    "family_baichuan13b": "Baichuan-13B",
    "family_moss": "MOSS",
}
MOST_PARAMETER_SPREAD = 0.02


class UnfitRuns(Exception):
    """Runs that do not make a comparison."""


@dataclasses.dataclass
class Curve:
    """Held-out bits a byte, and the target tokens and seconds of training before each."""
    tokens: numpy.ndarray
    seconds: numpy.ndarray
    bits: numpy.ndarray


@dataclasses.dataclass
class Run:
    curve: Curve
    parameters: int
    tokens_per_second: float
    peak_memory: float
    shared: dict  # what all runs of a comparison must agree on


def training_seconds(file, at_steps):
    """Seconds of the steps up to each of `at_steps`: without evaluations, set-up and recording."""
    series = file["steps/step_time"]
    until = numpy.concatenate([[0.0], numpy.cumsum(series[:])])
    steps = series.dims[0]["step"][:]
    return until[numpy.searchsorted(steps, at_steps, side="right")]


def read_run(path, replicate):
    with h5py.File(path) as file:
        attributes = file.attrs
        if attributes["status"] != "complete" or attributes["attempts"] != 1:
            raise UnfitRuns(f"{path}: {attributes['status']}, {attributes['attempts']} attempts")
        if attributes["replicate"] != replicate or attributes["ad_hoc"]:
            raise UnfitRuns(f"{path}: not replicate {replicate} of a committed experiment")
        provenance = file["provenance"].attrs
        if provenance.get("source_dirty"):
            raise UnfitRuns(f"{path}: the program's sources differed from the commit it names")
        bits = file["evals/bits_per_byte"]
        scale = bits.dims[0]
        curve = Curve(scale["tokens"][:], training_seconds(file, scale["step"][:]), bits[:])
        summary = file["summary"]
        return Run(curve, int(summary["parameters"][()]),
                   float(summary["target_tokens_per_second"][()]),
                   float(summary["peak_memory"][()]),
                   {"machine class": str(attributes["machine_class"]),
                    "threads": int(attributes["threads"]),
                    "tokens": tuple(int(t) for t in curve.tokens),
                    "commit": str(provenance.get("source_commit", "unknown"))})


def read_all(pool):
    """{experiment: [run of each replicate]}, of as many replicates as every family has."""
    count = 0
    while all(pool.results(KIND, name, count).exists() for name in EXPERIMENTS):
        count += 1
    if count < 2:
        raise UnfitRuns(f"{pool.out}: {count} whole replicates; an interval needs two")
    runs = {name: [read_run(pool.results(KIND, name, r), r) for r in range(count)]
            for name in EXPERIMENTS}
    everyone = [run for of_family in runs.values() for run in of_family]
    for key, value in everyone[0].shared.items():
        if any(run.shared[key] != value for run in everyone):
            values = sorted({str(run.shared[key]) for run in everyone})
            raise UnfitRuns(f"runs that differ in {key}: {values}")
    sizes = [of_family[0].parameters for of_family in runs.values()]
    if max(sizes) > (1 + MOST_PARAMETER_SPREAD) * min(sizes):
        raise UnfitRuns(f"parameters differ by more than {MOST_PARAMETER_SPREAD:.0%}: {sizes}")
    return runs


def t_quantile(probability, degrees):
    """Student's quantile above 1/2, by bisection of the distribution function's integral."""
    scale = (math.exp(math.lgamma((degrees + 1) / 2) - math.lgamma(degrees / 2))
             / math.sqrt(degrees * math.pi))

    def above_half(t):
        # x = sqrt(degrees) tan(angle) makes the density that of cos^(degrees - 1) over a bounded
        # range.
        angles, width = numpy.linspace(0, math.atan(t / math.sqrt(degrees)), 2001, retstep=True)
        values = numpy.cos(angles) ** (degrees - 1)
        simpson = values[0] + values[-1] + 4 * values[1:-1:2].sum() + 2 * values[2:-1:2].sum()
        return scale * math.sqrt(degrees) * simpson * width / 3
    low, high = 0.0, 1e6
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if above_half(middle) < probability - 0.5 else (low, middle)
    return (low + high) / 2


@dataclasses.dataclass
class Difference:
    mean: float
    half_width: float

    def excludes_zero(self):
        return abs(self.mean) > self.half_width


def paired_difference(values, base, comparisons):
    """Of values - base, replicate by replicate; `comparisons` intervals together cover at 95%."""
    differences = [value - of_base for value, of_base in zip(values, base)]
    count = len(differences)
    quantile = t_quantile(1 - 0.05 / (2 * comparisons), count - 1)
    return Difference(statistics.mean(differences),
                      quantile * statistics.stdev(differences) / math.sqrt(count))


def final_bits(run):
    return float(run.curve.bits[-1])


def common_seconds(runs):
    """The seconds of training after which the first of all runs is through."""
    return min(float(run.curve.seconds[-1]) for of_family in runs.values() for run in of_family)


def bits_at(run, seconds):
    """Held-out bits a byte after so many seconds of training, between evaluations on a line."""
    return float(numpy.interp(seconds, run.curve.seconds, run.curve.bits))
