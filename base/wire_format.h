// The fields of a message in the wire format of protocol buffers, in their order.
//
// Numbers are in `number` (varints, and the bits of fixed32 and fixed64), strings, packed lists and
// messages in `bytes`, which points into the message. Groups, which nobody writes any more, are
// refused. Errors: DataError for bytes that are no message. Source: protobuf.dev, "Encoding".
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "absl/status/status.h"

namespace bench {

struct WireField {
  uint64_t tag = 0;
  uint64_t number = 0;
  std::string_view bytes;
};

// The first error of `on_field` ends it.
absl::Status ForEachField(std::string_view message,
                          const std::function<absl::Status(const WireField&)>& on_field);

}  // namespace bench
