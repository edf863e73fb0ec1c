"""Reports metrics to bench-run. Copy this file beside your program; started without bench-run it does nothing.

    bench_metrics.step(10, tokens=5120, loss=2.5)            # a row of training
    bench_metrics.evaluation(10, loss=2.7, **{"accuracy/zh": 0.5})   # and of an evaluation; NAME/LABEL
    bench_metrics.summary(accuracy=0.5)                      # what comparisons start from
    bench_metrics.samples(latency=[0.1, 0.2])                # repeats of a measurement
    bench_metrics.digest(10, weights=some_bytes)             # compared bit for bit
"""
import functools
import hashlib
import json
import math
import os


@functools.cache
def _file():
    path = os.environ.get("BENCH_METRICS")
    return open(path, "a", buffering=1, encoding="utf-8") if path else None


def _number(value):
    value = float(value)
    return value if math.isfinite(value) else str(value).replace("inf", "Infinity").replace("nan", "NaN")


def _report(**line):
    if _file():
        _file().write(json.dumps({key: value for key, value in line.items() if value is not None}) + "\n")


def step(step, tokens=None, **metrics):
    _report(step=step, tokens=tokens, metrics={name: _number(value) for name, value in metrics.items()})


def evaluation(step, tokens=None, **metrics):
    _report(step=step, tokens=tokens, evaluation={name: _number(value) for name, value in metrics.items()})


def summary(**metrics):
    _report(summary={name: _number(value) for name, value in metrics.items()})


def samples(**metrics):
    _report(samples={name: [_number(value) for value in values] for name, values in metrics.items()})


def digest(step, **contents):
    _report(step=step, digests={name: hashlib.sha256(data).hexdigest() for name, data in contents.items()})
