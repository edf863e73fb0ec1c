"""Writes scipy_fits.json: what SciPy computes for the samples in it, of seed_band.h and curve_fit.h.

usage: make_fit_fixtures.py [FILE]; needs scipy, and prints which it found. Fits are the best of
scipy.optimize.least_squares from many starting points. Samples come from a seeded generator and are
stored with the answers, so the tests need neither.
"""

import itertools
import json
import pathlib
import sys

import numpy
import scipy
from scipy import optimize, stats

RANDOM = numpy.random.default_rng(20261130)
EXACT = {"xtol": 1e-15, "ftol": 1e-15, "gtol": 1e-15, "max_nfev": 20000}


def student():
    for size in (2, 3, 4, 5):
        values = [float(x) for x in numpy.round(RANDOM.normal(0.5, 0.1, size), 6)]
        low, high = stats.t.interval(0.95, size - 1, numpy.mean(values), stats.sem(values))
        yield {"values": values, "mean": float(numpy.mean(values)), "low": float(low),
               "high": float(high)}


def best(residuals, starts):
    """The least sum of squares over the starting points."""
    found = [optimize.least_squares(residuals, start, method="lm", **EXACT) for start in starts]
    return min(found, key=lambda result: result.cost)


def power_laws():
    """x in units of its geometric mean, as fits of widely spread x need it anywhere."""
    sizes = [6e3, 2.4e4, 9.8e4, 3.9e5, 1.6e6, 6.3e6]
    for limit, scale, exponent, noise, x in (
            (1.2, 40.0, 0.35, 0.02, sizes), (0.0, 3.0, 0.12, 0.01, sizes),
            (0.9, -5.0, 0.5, 0.005, sizes), (2.0, 100.0, 1.1, 0.05, [8, 16, 32, 64, 128])):
        x = numpy.array(x)
        y = numpy.round(limit + scale * x**-exponent + RANDOM.normal(0, noise, len(x)), 6)
        centre = numpy.exp(numpy.mean(numpy.log(x)))

        def residuals(p, u=x / centre, y=y):
            return p[0] + p[1] * u ** -numpy.exp(p[2]) - y

        starts = itertools.product((y.min(), y.mean()), (y[0] - y[-1], y[-1] - y[0]),
                                   numpy.log([0.05, 0.2, 0.7, 2]))
        fit = best(residuals, starts)
        a = float(numpy.exp(fit.x[2]))
        yield {"x": x.tolist(), "y": y.tolist(), "squares": float(2 * fit.cost),
               "parameters": [float(fit.x[0]), float(fit.x[1] * centre**a), a],
               "at": [4 * float(x[-1]),
                      float(fit.x[0] + fit.x[1] * (4 * x[-1] / centre) ** -a)]}


def logistics():
    for midpoint, steepness, noise, x in (
            (5e4, 1.5, 0.02, [6e3, 2.4e4, 9.8e4, 3.9e5, 1.6e6]),
            (300, 6.0, 0.01, [64, 128, 256, 512, 1024, 4096]),
            (20, -2.0, 0.03, [2, 4, 8, 16, 32, 64])):
        x = numpy.array(x, dtype=float)
        exact = 1 / (1 + numpy.exp(-steepness * numpy.log(x / midpoint)))
        y = numpy.round(numpy.clip(exact + RANDOM.normal(0, noise, len(x)), 0, 1), 6)

        def residuals(p, x=x, y=y):
            return 1 / (1 + numpy.exp(-p[1] * (numpy.log(x) - p[0]))) - y

        starts = itertools.product(numpy.log(x), (-8, -2, -0.5, 0.5, 2, 8))
        fit = best(residuals, starts)
        yield {"x": x.tolist(), "y": y.tolist(), "squares": float(2 * fit.cost),
               "parameters": [float(numpy.exp(fit.x[0])), float(fit.x[1])],
               "at": [2 * float(x[-1]),
                      float(1 / (1 + numpy.exp(-fit.x[1] * (numpy.log(2 * x[-1]) - fit.x[0]))))]}


def as_text(rows):
    """One line a case."""
    return "[\n" + ",\n".join(json.dumps(row, allow_nan=False) for row in rows) + "]"


def main():
    cases = {"student": list(student()), "power_law": list(power_laws()),
             "logistic": list(logistics())}
    path = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else (
        pathlib.Path(__file__).resolve().parent / "scipy_fits.json")
    text = ",\n".join(f'"{name}": {as_text(rows)}' for name, rows in cases.items())
    path.write_text(f'{{\n"scipy": "{scipy.__version__}",\n{text}\n}}\n', encoding="utf-8")
    print(f"SciPy {scipy.__version__}: {sum(map(len, cases.values()))} cases in {path.name}")


main()
