#include "harness/stages/program/event_file.h"

#include <bit>
#include <optional>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "base/wire_format.h"
#include "results/crc32c.h"

namespace bench::harness {
namespace {

// Numbers of fields, and of the types of tensors.
namespace event {
constexpr uint64_t kStep = 2, kSummary = 5;
}
namespace summary {
constexpr uint64_t kValue = 1;
}
namespace value {
constexpr uint64_t kTag = 1, kSimpleValue = 2, kTensor = 8;
}
namespace tensor {
constexpr uint64_t kType = 1, kContent = 4, kFloats = 5, kDoubles = 6;
constexpr uint64_t kFloat32 = 1, kFloat64 = 2;
}  // namespace tensor

constexpr size_t kLengthBytes = 8, kCrcBytes = 4;

uint64_t LittleEndian(std::string_view bytes) {
  uint64_t number = 0;
  for (size_t i = bytes.size(); i-- > 0;) number = number << 8 | static_cast<uint8_t>(bytes[i]);
  return number;
}

bool HasCrc(std::string_view bytes, std::string_view crc) {
  constexpr uint32_t kMaskDelta = 0xA282EAD8;
  return std::rotr(results::Crc32c(bytes), 15) + kMaskDelta == LittleEndian(crc);
}

// The bits of one number, packed or not; absent where there is not exactly one.
std::optional<double> OneNumber(std::string_view bytes, uint64_t type) {
  if (type == tensor::kFloat32 && bytes.size() == sizeof(float)) {
    return std::bit_cast<float>(static_cast<uint32_t>(LittleEndian(bytes)));
  }
  if (type == tensor::kFloat64 && bytes.size() == sizeof(double)) {
    return std::bit_cast<double>(LittleEndian(bytes));
  }
  return std::nullopt;
}

absl::StatusOr<std::optional<double>> ScalarTensor(std::string_view message) {
  uint64_t type = 0;
  std::optional<double> number;
  std::string_view content;
  BENCH_RETURN_IF_ERROR(ForEachField(message, [&](const WireField& field) {
    if (field.tag == tensor::kType) type = field.number;
    if (field.tag == tensor::kContent || field.tag == tensor::kFloats ||
        field.tag == tensor::kDoubles) {
      content = field.bytes;
      const bool is_float = field.tag == tensor::kFloats && content.empty();
      const bool is_double = field.tag == tensor::kDoubles && content.empty();
      if (is_float) number = std::bit_cast<float>(static_cast<uint32_t>(field.number));
      if (is_double) number = std::bit_cast<double>(field.number);
    }
    return absl::OkStatus();
  }));
  return number ? number : OneNumber(content, type);
}

absl::Status ReadValue(std::string_view message, EventScalar scalar,
                       const std::function<absl::Status(const EventScalar&)>& on_scalar) {
  std::optional<double> number;
  BENCH_RETURN_IF_ERROR(ForEachField(message, [&](const WireField& field) -> absl::Status {
    if (field.tag == value::kTag) scalar.tag = field.bytes;
    if (field.tag == value::kSimpleValue) {
      number = std::bit_cast<float>(static_cast<uint32_t>(field.number));
    }
    if (field.tag == value::kTensor) {
      BENCH_ASSIGN_OR_RETURN(number, ScalarTensor(field.bytes));
    }
    return absl::OkStatus();
  }));
  if (!number) return absl::OkStatus();
  scalar.value = *number;
  return on_scalar(scalar);
}

absl::Status ReadEvent(std::string_view message,
                       const std::function<absl::Status(const EventScalar&)>& on_scalar) {
  EventScalar scalar;
  std::string_view values;
  BENCH_RETURN_IF_ERROR(ForEachField(message, [&](const WireField& field) {
    if (field.tag == event::kStep) scalar.step = static_cast<int64_t>(field.number);
    if (field.tag == event::kSummary) values = field.bytes;
    return absl::OkStatus();
  }));
  return ForEachField(values, [&](const WireField& field) {
    return field.tag == summary::kValue ? ReadValue(field.bytes, scalar, on_scalar)
                                        : absl::OkStatus();
  });
}

}  // namespace

absl::Status ForEachScalar(std::string_view bytes,
                           const std::function<absl::Status(const EventScalar&)>& on_scalar) {
  const size_t size = bytes.size();
  while (!bytes.empty()) {
    const std::string at = absl::StrCat("the record at byte ", size - bytes.size());
    if (bytes.size() < kLengthBytes + kCrcBytes) return DataError(at + " is cut off");
    const std::string_view length = bytes.substr(0, kLengthBytes);
    if (!HasCrc(length, bytes.substr(kLengthBytes, kCrcBytes))) {
      return DataError(at + " is damaged: the checksum of its length does not match");
    }
    bytes.remove_prefix(kLengthBytes + kCrcBytes);
    const uint64_t event_bytes = LittleEndian(length);
    if (bytes.size() < kCrcBytes || event_bytes > bytes.size() - kCrcBytes) {
      return DataError(at + " is cut off");
    }
    const std::string_view message = bytes.substr(0, event_bytes);
    if (!HasCrc(message, bytes.substr(event_bytes, kCrcBytes))) {
      return DataError(at + " is damaged: its checksum does not match");
    }
    BENCH_RETURN_IF_ERROR(Annotate(ReadEvent(message, on_scalar), at));
    bytes.remove_prefix(event_bytes + kCrcBytes);
  }
  return absl::OkStatus();
}

}  // namespace bench::harness
