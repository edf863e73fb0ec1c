// The JSON header of a safetensors file: parsed strictly, checked against the buffer, and written.
// See safetensors.h for what is refused. No Torch.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "models/safetensors_metadata.h"

namespace bench::models {

struct TensorEntry {
  std::string name;
  std::string dtype;  // as in the file: "F32", "BF16", ...
  std::vector<int64_t> shape;
  uint64_t begin = 0, end = 0;  // bytes, relative to the buffer
};

struct SafetensorsHeader {
  std::vector<TensorEntry> entries;  // by offset
  SafetensorsMetadata metadata;
};

inline constexpr uint64_t kMaxHeaderBytes = 100'000'000;

// Bytes of one element of `dtype`; DataError if it is unknown.
absl::StatusOr<uint64_t> ElementBytes(std::string_view dtype);

// Parses `json` and checks every entry against a buffer of `buffer_bytes`: DataError as in
// safetensors.h, without the file's name.
absl::StatusOr<SafetensorsHeader> ParseHeader(std::string_view json, uint64_t buffer_bytes);

// The header's bytes, padded with spaces so that 8 + size is a multiple of 8.
std::string FormatHeader(const SafetensorsHeader& header);

}  // namespace bench::models
