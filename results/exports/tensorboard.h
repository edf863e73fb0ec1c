// A record as an event file of TensorBoard: every series of steps and evaluations as scalars, and
// three texts: "definition" (its TOML), "run" (header, provenance) and "summary".
//
// The file is a sequence of TFRecords, u64 length | masked CRC-32C of it | Event | masked CRC-32C
// of that, little-endian, masked(c) = rotate_right(c, 15) + 0xA282EAD8 (mod 2^32). The first Event
// is the file's version, "brain.Event:2"; then the texts; then the scalars by step, tag
// "steps/loss" or "evals/exact_match/zh". A scalar is a simple_value, float32: what every reader of
// event files knows. Its wall_time is the start of the first attempt, as far as it is known, +
// wall_time_s; from 1970 where the run does not say when it began, or no time of 1970 to 9999. The
// time between the attempts of a resumed run is not shown. Equal records give equal bytes. Source:
// tensorflow/core/lib/io/record_writer.cc; tensorboard/compat/proto/{event,summary}.proto.
#pragma once

#include <string>

#include "results/record.h"

namespace bench::results {

std::string ExportTensorboard(const RunRecord& record);

// "events.out.tfevents.<start, s since 1970>.<experiment>-v<version>-<run id>.<replicate>", with
// eight digits of the run id: a name that follows from the record alone, where TensorBoard's own
// writers put the host's.
std::string TensorboardFileName(const RunRecord& record);

}  // namespace bench::results
