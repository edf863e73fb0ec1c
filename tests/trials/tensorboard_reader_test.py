"""An exported event file in TensorBoard's own reader: every value, step and time of every series, and the texts.

    tensorboard_reader_test.py SOURCE BUILD BENCH_COMPARE MAKE_RESULTS

Exits 77 where tensorboard is not installed (setup/requirements-exports.txt).
"""
import datetime
import struct
import sys

try:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
except ImportError as error:
    print(f"not installed: {error.name}")
    sys.exit(77)

from reader_case import Case


def rounded(value):
    """As float32, which a simple_value is."""
    return struct.unpack("<f", struct.pack("<f", value))[0]


def main():
    case = Case()
    path = case.export("tensorboard", "logs")
    events = EventAccumulator(str(path), size_guidance={"scalars": 0, "tensors": 0}).Reload()
    start = datetime.datetime.fromisoformat(
        case.file["provenance"].attrs["start_time_utc"].replace("Z", "+00:00")).timestamp()
    expected = {f"{group}/{name}": series for group in ("steps", "evals")
                for name, series in case.series(group).items()}
    tags = events.Tags()
    assert sorted(tags["scalars"]) == sorted(expected), tags
    for tag, (steps, times, values) in expected.items():
        read = events.Scalars(tag)
        assert [event.step for event in read] == list(steps), tag
        assert [event.value for event in read] == [rounded(value) for value in values], tag
        assert [event.wall_time for event in read] == [start + time for time in times], tag
    assert sorted(tags["tensors"]) == ["definition", "run", "summary"], tags
    for tag in tags["tensors"]:
        assert events.summary_metadata[tag].plugin_data.plugin_name == "text", tag
    definition = events.Tensors("definition")[0].tensor_proto.string_val[0].decode()
    assert "schema = 1  # 试验" in definition, definition
    print(f"{len(expected)} series are read as they were written")


main()
