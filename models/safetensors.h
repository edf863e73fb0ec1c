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

#include <memory>
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
// The same without taking memory for it: the tensors are where the file is mapped, and must not be
// written. For published files, which never change (base/mapped_file.h).
absl::StatusOr<SafetensorsFile> MapSafetensors(const std::string& path);

// A tensor before its data are there.
struct TensorSpec {
  std::string name;
  at::ScalarType type = at::kFloat;
  std::vector<int64_t> shape;
};

// Bytes of a file with these tensors and no metadata.
absl::StatusOr<int64_t> SafetensorsBytes(const std::vector<TensorSpec>& tensors);

std::vector<TensorSpec> SpecsOf(const std::vector<NamedTensor>& tensors);

// Writes tensors one after the other, so that they need not be in memory together. What was not
// published leaves no file.
class SafetensorsWriter {
 public:
  // DataError for a name that is reserved or used twice, or a type that the format lacks.
  static absl::StatusOr<SafetensorsWriter> Create(const std::string& path,
                                                  const std::vector<TensorSpec>& tensors,
                                                  const SafetensorsMetadata& metadata);
  SafetensorsWriter(SafetensorsWriter&&) noexcept;
  ~SafetensorsWriter();

  // The next of the tensors, exactly as announced (TORCH_CHECK).
  absl::Status Append(const NamedTensor& tensor);
  // After the last.
  absl::Status Publish();

 private:
  struct State;
  explicit SafetensorsWriter(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

absl::Status WriteSafetensors(const std::string& path, const std::vector<NamedTensor>& tensors,
                              const SafetensorsMetadata& metadata);

}  // namespace bench::models
