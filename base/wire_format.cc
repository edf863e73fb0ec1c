#include "base/wire_format.h"

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/status.h"

namespace bench {
namespace {

enum class WireType { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };

class WireReader {
 public:
  explicit WireReader(std::string_view message) : rest_(message) {}

  bool AtEnd() const { return rest_.empty(); }

  absl::StatusOr<WireField> Next() {
    BENCH_ASSIGN_OR_RETURN(const uint64_t key, Varint());
    WireField field;
    field.tag = key >> 3;
    switch (static_cast<WireType>(key & 7)) {
      case WireType::kVarint: {
        BENCH_ASSIGN_OR_RETURN(field.number, Varint());
        return field;
      }
      case WireType::kBytes: {
        BENCH_ASSIGN_OR_RETURN(const uint64_t size, Varint());
        BENCH_ASSIGN_OR_RETURN(field.bytes, Take(size));
        return field;
      }
      case WireType::kFixed32:
        return Fixed(field, 4);
      case WireType::kFixed64:
        return Fixed(field, 8);
    }
    return DataError(absl::StrCat("field ", field.tag, " has an unknown wire type"));
  }

 private:
  absl::StatusOr<WireField> Fixed(WireField field, size_t size) {
    BENCH_ASSIGN_OR_RETURN(const std::string_view bytes, Take(size));
    for (size_t i = 0; i < size; ++i) {
      field.number |= uint64_t{static_cast<uint8_t>(bytes[i])} << (8 * i);
    }
    return field;
  }

  absl::StatusOr<uint64_t> Varint() {
    uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      BENCH_ASSIGN_OR_RETURN(const std::string_view byte, Take(1));
      value |= uint64_t{static_cast<uint8_t>(byte[0]) & 0x7Fu} << shift;
      if ((static_cast<uint8_t>(byte[0]) & 0x80) == 0) return value;
    }
    return DataError("a number of more than 64 bits");
  }

  absl::StatusOr<std::string_view> Take(uint64_t size) {
    if (size > rest_.size()) return DataError("the message ends too early");
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }

  std::string_view rest_;
};

}  // namespace

absl::Status ForEachField(std::string_view message,
                          const std::function<absl::Status(const WireField&)>& on_field) {
  WireReader reader(message);
  while (!reader.AtEnd()) {
    BENCH_ASSIGN_OR_RETURN(const WireField field, reader.Next());
    BENCH_RETURN_IF_ERROR(on_field(field));
  }
  return absl::OkStatus();
}

}  // namespace bench
