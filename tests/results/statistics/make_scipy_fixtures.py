"""Writes scipy.json: what SciPy computes for the samples in it.

usage: make_scipy_fixtures.py [FILE]; needs scipy 1.17, and prints which it found. Samples come from
a seeded generator and are stored with the answers, so the tests need neither.
"""

import json
import math
import pathlib
import sys

import numpy
import scipy
from scipy import integrate, optimize, stats

TAILS = {"two-sided": "two_sided", "less": "less", "greater": "greater"}
RANDOM = numpy.random.default_rng(20240607)
ALL = numpy.inf  # resamples: every arrangement once


def sample(size, mean=10.0, deviation=1.0, decimals=6):
    return [float(x) for x in numpy.round(RANDOM.normal(mean, deviation, size), decimals)]


def by_tail(p_value):
    return {name: float(p_value(alternative)) for alternative, name in TAILS.items()}


def descriptive():
    for size in (1, 2, 4, 5, 7, 12, 33):
        values = sample(size)
        yield {
            "values": values,
            "mean": float(numpy.mean(values)),
            "median": float(numpy.median(values)),
            "deviation": float(numpy.std(values, ddof=1)) if size > 1 else None,
            "quantiles": {str(q): float(numpy.quantile(values, q))
                          for q in (0.0, 0.025, 0.1, 0.5, 0.77, 1.0)},
            "median_absolute_deviation": float(stats.median_abs_deviation(values)),
            "interquartile_mean": float(stats.trim_mean(values, 0.25)),
        }


def rank_sum_of_head(base, head, axis):
    both = numpy.concatenate((base, head), axis=axis)
    return numpy.sum(stats.rankdata(both, axis=axis)[..., base.shape[axis]:], axis=axis)


def rank_test():
    """Without ties SciPy's exact test; with ties its exact permutation test of the midrank sum; of
    many values its normal approximation."""
    for n, m, shift in ((1, 1, 0), (2, 5, 1), (6, 6, 1), (8, 3, -2), (10, 10, 0.7), (12, 9, 0)):
        base, head = sample(n), sample(m, 10 + shift)
        # mannwhitneyu(head, base): "greater" is that of head.
        yield {"base": base, "head": head, "exact": True,
               "u": float(stats.mannwhitneyu(head, base).statistic),
               "p": by_tail(lambda tail: stats.mannwhitneyu(
                   head, base, alternative=tail, method="exact").pvalue)}
    for n, m, decimals in ((5, 5, 0), (7, 4, 0), (4, 8, 0), (8, 8, 0)):
        base, head = sample(n, decimals=decimals), sample(m, 10.8, decimals=decimals)
        yield {"base": base, "head": head, "exact": True,
               "u": float(stats.mannwhitneyu(head, base).statistic),
               "p": by_tail(lambda tail: stats.permutation_test(
                   (base, head), rank_sum_of_head, vectorized=True, n_resamples=ALL,
                   alternative=tail).pvalue)}
    for n, m, decimals in ((60, 60, 6), (90, 40, 1)):
        base, head = sample(n, decimals=decimals), sample(m, 10.3, decimals=decimals)
        yield {"base": base, "head": head, "exact": False,
               "u": float(stats.mannwhitneyu(head, base).statistic),
               "p": by_tail(lambda tail: stats.mannwhitneyu(
                   head, base, alternative=tail, method="asymptotic").pvalue)}


def t_interval(result):
    """A bound that is infinite is absent."""
    ends = result.confidence_interval(0.95)
    return [float(end) if math.isfinite(end) else None for end in (ends.low, ends.high)]


def t_tests(paired):
    for n, m, shift in ((2, 2, 0), (3, 3, 2), (10, 10, 0.5), (7, 7, -1)) if paired else (
            (2, 2, 0), (3, 9, 2), (10, 10, 0.5), (15, 4, -1)):
        base, head = sample(n), sample(m, 10 + shift, 2.0)

        def test(tail):
            if paired:
                return stats.ttest_rel(head, base, alternative=tail)
            return stats.ttest_ind(head, base, equal_var=False, alternative=tail)

        two_sided = test("two-sided")
        yield {"base": base, "head": head, "statistic": float(two_sided.statistic),
               "degrees_of_freedom": float(two_sided.df),
               "difference": float(numpy.mean(head) - numpy.mean(base)),
               "p": by_tail(lambda tail: test(tail).pvalue),
               "interval": {name: t_interval(test(tail)) for tail, name in TAILS.items()}}


def permutation_tests(paired):
    def difference(base, head, axis):
        return numpy.mean(head, axis=axis) - numpy.mean(base, axis=axis)

    for n, m, shift in ((3, 3, 1), (8, 8, 0.6), (12, 12, 0)) if paired else (
            (2, 5, 1), (6, 6, 1), (8, 7, -0.4)):
        base, head = sample(n), sample(m, 10 + shift)
        kind = "samples" if paired else "independent"
        yield {"base": base, "head": head, "difference": float(difference(base, head, 0)) if paired
               else float(numpy.mean(head) - numpy.mean(base)),
               "p": by_tail(lambda tail: stats.permutation_test(
                   (base, head), difference, permutation_type=kind, vectorized=True,
                   n_resamples=ALL, alternative=tail).pvalue)}


def wilson():
    for successes, trials in ((0, 1), (0, 20), (3, 7), (50, 100), (99, 100), (20, 20), (812, 1319)):
        for level in (0.9, 0.95, 0.998):
            interval = stats.binomtest(successes, trials).proportion_ci(level, method="wilson")
            yield {"successes": successes, "trials": trials, "level": level,
                   "low": float(interval.low), "high": float(interval.high)}


def mcnemar():
    for only_base, only_head in ((0, 0), (0, 5), (1, 0), (3, 3), (10, 4), (7, 30), (200, 260)):
        total = only_base + only_head
        yield {"only_base": only_base, "only_head": only_head,
               "p": by_tail(lambda tail: stats.binomtest(only_head, total, alternative=tail).pvalue
                            if total else 1.0)}


def false_discovery():
    for size in (1, 2, 5, 50):
        p_values = [float(p) for p in numpy.round(RANDOM.uniform(0, 1, size) ** 3, 4)]
        yield {"p": p_values,
               "adjusted": [float(p) for p in stats.false_discovery_control(p_values, method="bh")]}


def bootstrap():
    """The tolerance of the test is derived from the noise of 100,000 resamples."""
    def difference(base, head, axis):
        return numpy.mean(head, axis=axis) - numpy.mean(base, axis=axis)

    values = [float(x) for x in numpy.round(RANDOM.lognormal(0, 0.8, 25), 6)]
    head = [float(x) for x in numpy.round(RANDOM.lognormal(0.3, 0.8, 18), 6)]
    options = dict(n_resamples=100_000, confidence_level=0.95, rng=numpy.random.default_rng(1))
    for method in ("percentile", "BCa"):
        for data, statistic in (((values,), numpy.mean), ((values, head), difference)):
            result = stats.bootstrap(data, statistic, method=method, vectorized=True, **options)
            yield {"samples": [list(one) for one in data], "method": method,
                   "standard_error": float(result.standard_error),
                   "low": float(result.confidence_interval.low),
                   "high": float(result.confidence_interval.high)}


def noncentral_upper_tail(t, freedom, delta):
    """SciPy's own nct loses its lower tail to NaN: the normal tail over the distribution of chi."""
    return integrate.quad(
        lambda x: stats.norm.sf(t * x / math.sqrt(freedom) - delta) * stats.chi.pdf(x, freedom),
        0, stats.chi.isf(1e-18, freedom), epsabs=1e-13, epsrel=1e-12, limit=500)[0]


def power():
    """The effect that a two-sided t test on 3/pi of the values finds, in standard deviations."""
    efficiency = 3 / math.pi
    for n, m, alpha, power_wanted in ((10, 10, 0.002, 0.8), (5, 20, 0.05, 0.9), (4, 4, 0.05, 0.5)):
        freedom = efficiency * (n + m) - 2
        critical = stats.t.isf(alpha / 2, freedom)

        def miss(delta):
            return (noncentral_upper_tail(critical, freedom, delta)
                    + noncentral_upper_tail(critical, freedom, -delta) - power_wanted)

        delta = optimize.brentq(miss, 0.01, 20, xtol=1e-13)
        yield {"num_base": n, "num_head": m, "alpha": alpha, "power": power_wanted,
               "effect": float(delta / math.sqrt(efficiency * n * m / (n + m)))}


def distributions():
    for t, freedom in ((0.0, 3.0), (2.5, 1.0), (-1.3, 7.5), (12.0, 40.25), (60.0, 30.0)):
        yield {"t": t, "degrees_of_freedom": freedom,
               "normal_upper_tail": float(stats.norm.sf(t)),
               "student_upper_tail": float(stats.t.sf(t, freedom)),
               "student_quantile": float(stats.t.ppf(0.0123, freedom)),
               "noncentral_upper_tail": float(stats.nct.sf(t / 4, freedom, 1.5))}


def as_text(rows):
    """One line a case."""
    if isinstance(rows, str):
        return json.dumps(rows)
    return "[\n" + ",\n".join(json.dumps(row, allow_nan=False) for row in rows) + "]"


def main():
    cases = {
        "scipy": scipy.__version__,
        "descriptive": list(descriptive()),
        "distributions": list(distributions()),
        "rank_test": list(rank_test()),
        "welch": list(t_tests(paired=False)),
        "paired_t": list(t_tests(paired=True)),
        "unpaired_permutation": list(permutation_tests(paired=False)),
        "paired_permutation": list(permutation_tests(paired=True)),
        "wilson": list(wilson()),
        "mcnemar": list(mcnemar()),
        "false_discovery": list(false_discovery()),
        "bootstrap": list(bootstrap()),
        "power": list(power()),
    }
    path = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else (
        pathlib.Path(__file__).resolve().parent / "scipy.json")
    path.write_text("{\n" + ",\n".join(f'"{name}": {as_text(rows)}' for name, rows in cases.items())
                    + "\n}\n", encoding="utf-8")
    num_cases = sum(len(rows) for rows in cases.values() if isinstance(rows, list))
    print(f"SciPy {scipy.__version__}: {num_cases} cases in {path.name}")


main()
