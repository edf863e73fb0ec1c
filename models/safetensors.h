// Reading and writing safetensors files (u64 header length, JSON header, contiguous buffer).
//
// Strict: a malformed file is refused with a DataError that names the file and the tensor, before
// anything larger than the header is allocated; the header is capped at 100,000,000 bytes. Refused:
// duplicate names, holes, overlaps, reversed or out-of-range offsets, trailing or missing bytes,
// dtype x shape mismatches, shapes that overflow, unknown dtypes, text that is not UTF-8 JSON.
// Written files are C order, little-endian, in the given order, the header padded with spaces to
// 8 bytes; they are published atomically (old or new, never half).
// Source: the format section of huggingface/safetensors' README.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "models/decoder.h"
#include "models/safetensors_metadata.h"

namespace bench::models {

struct SafetensorsFile {
  std::vector<NamedTensor> tensors;  // on the CPU, in the order of the buffer
  SafetensorsMetadata metadata;
};

absl::StatusOr<SafetensorsFile> ReadSafetensors(const std::string& path);

absl::Status WriteSafetensors(const std::string& path, const std::vector<NamedTensor>& tensors,
                              const SafetensorsMetadata& metadata);

}  // namespace bench::models
