// Scalars of TensorBoard's event files.
//
// A file is a sequence of TFRecords, u64 length | masked CRC-32C of it | Event | masked CRC-32C of
// that, little-endian, masked(c) = rotate_right(c, 15) + 0xA282EAD8 (mod 2^32). Every checksum is
// checked. Of an Event the step and the scalars of its summary count: `simple_value`, or a tensor
// of one float32 or float64 (what TensorFlow 2 writes); images, texts, histograms and graphs are
// passed over. Errors: DataError with the byte at which the record begins. Source:
// tensorflow/core/lib/io/ record_writer.cc; tensorboard/compat/proto/{event,summary,tensor}.proto.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace bench::harness {

struct EventScalar {
  int64_t step = 0;
  std::string_view tag;  // while it is given
  double value = 0;
};

// Each scalar of `bytes`, a whole file.
absl::Status ForEachScalar(std::string_view bytes,
                           const std::function<absl::Status(const EventScalar&)>& on_scalar);

}  // namespace bench::harness
