"""Writes golden/events.tfrecord: the event file of the record in tensorboard_test.cc, by TensorBoard's own messages
and record writer.

    make_event_golden.py    (needs tensorboard; made with 2.21.0)
"""
import pathlib

from tensorboard.compat.proto import event_pb2, summary_pb2, tensor_pb2, tensor_shape_pb2, types_pb2
from tensorboard.summary.writer.record_writer import RecordWriter

GOLDEN = pathlib.Path(__file__).parent / "golden" / "events.tfrecord"
START = 1767323045.5  # 2026-01-02T03:04:05.500Z
DEFINITION = "    schema = 1\n    seed = 2"
RUN = """| what | value |
|---|---|
| experiment | tiny |
| version | 1 |
| stage | sft |
| definition_sha256 | dd |
| recipe_key | ee |
| run_id | 0123456789 |
| replicate | 2 |
| ad_hoc | false |
| strict | true |
| machine_class | m\\|c |
| device | cpu |
| threads | 1 |
| world_size | 1 |
| status | complete |
| attempts | 1 |
| data | 11 |
| start_time_utc | 2026-01-02T03:04:05.500Z |
"""
SUMMARY = """| metric | value |
|---|---|
| step_time | 0.25 s |
"""


def text(tag, markdown):
    tensor = tensor_pb2.TensorProto(dtype=types_pb2.DT_STRING, string_val=[markdown.encode()],
                                    tensor_shape=tensor_shape_pb2.TensorShapeProto())
    metadata = summary_pb2.SummaryMetadata(plugin_data={"plugin_name": "text"},
                                           data_class=summary_pb2.DATA_CLASS_TENSOR)
    value = summary_pb2.Summary.Value(tag=tag, tensor=tensor, metadata=metadata)
    return event_pb2.Event(wall_time=START, summary=summary_pb2.Summary(value=[value]))


def scalar(tag, step, seconds, number, description=None):
    value = summary_pb2.Summary.Value(tag=tag, simple_value=number)
    if description:
        value.metadata.plugin_data.plugin_name = "scalars"
        value.metadata.summary_description = description
        value.metadata.data_class = summary_pb2.DATA_CLASS_SCALAR
    return event_pb2.Event(wall_time=START + seconds, step=step, summary=summary_pb2.Summary(value=[value]))


EVENTS = [
    event_pb2.Event(wall_time=START, file_version="brain.Event:2"),
    text("definition", DEFINITION),
    text("run", RUN),
    text("summary", SUMMARY),
    scalar("steps/loss", 1, 0.5, 5.25, "Mean negative log-likelihood of the target tokens (nats/token)"),
    scalar("steps/loss", 300, 1.0, float("inf")),
    scalar("evals/exact_match/zh", 300, 1.25, 0.25,
           "Fraction of the greedily generated answers that equal the reference (1)"),
]

GOLDEN.parent.mkdir(exist_ok=True)
with GOLDEN.open("wb") as file:
    writer = RecordWriter(file)
    for event in EVENTS:
        writer.write(event.SerializeToString())
    writer.flush()
print(GOLDEN, GOLDEN.stat().st_size)
