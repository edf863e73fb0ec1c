"""An OpenMetrics export in the parser of prometheus_client: every value of the summary with its unit and labels.

    openmetrics_reader_test.py SOURCE BUILD BENCH_COMPARE MAKE_RESULTS

Exits 77 where prometheus_client is not installed (setup/requirements-exports.txt).
"""
import sys

try:
    from prometheus_client.openmetrics.parser import text_string_to_metric_families
except ImportError as error:
    print(f"not installed: {error.name}")
    sys.exit(77)

from reader_case import Case

UNITS = {"1": "", "s": "seconds", "nats/token": "nats_per_token"}


def main():
    case = Case()
    text = case.export("openmetrics", "metrics.txt").read_text(encoding="utf-8")
    families = {family.name: family for family in text_string_to_metric_families(text)}
    info = families.pop("bench_run")
    assert info.type == "info" and info.samples[0].labels["status"] == "complete", info
    read = {}
    for family in families.values():
        assert family.type == "gauge", family
        for sample in family.samples:
            assert sample.labels["experiment"] == "sft_small" and sample.labels["version"] == "3", sample
            assert sample.labels["replicate"] == "0" and sample.labels["device"] == "cpu", sample
            read[family.name, sample.labels.get("label", "")] = (sample.value, family.unit, family.documentation)
    expected = {}
    for data in case.file["summary"].values():
        unit = UNITS[data.attrs["units"]]
        name = "_".join(filter(None, ("bench", data.attrs["metric"], unit)))
        expected[name, data.attrs["label"]] = (data[()], unit, data.attrs["description"])
    assert read == expected, (read, expected)
    assert len(read) == len(case.summary()), read
    print(f"{len(read)} values are read as they were written")


main()
