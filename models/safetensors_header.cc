#include "models/safetensors_header.h"

#include <algorithm>
#include <array>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <utility>

#include "base/json.h"
#include "base/status.h"

namespace bench::models {
namespace {

using Json = nlohmann::json;

constexpr char kMetadata[] = "__metadata__";

// Consumes the parser's events without building a document, so that duplicates are seen and depth
// and memory stay bounded by what a header may contain.
class HeaderHandler : public nlohmann::json_sax<Json> {
 public:
  SafetensorsHeader header;
  std::string error;  // of the first refused event

  bool null() override { return Refuse("null"); }
  bool boolean(bool) override { return Refuse("a boolean"); }
  bool number_integer(number_integer_t) override { return Refuse("a negative number"); }
  bool number_float(number_float_t, const string_t& text) override {
    return Refuse("the number " + text);
  }
  bool binary(binary_t&) override { return Refuse("binary data"); }

  bool number_unsigned(number_unsigned_t value) override {
    if (!in_array_) return Refuse("a number");
    if (key_ == "data_offsets") {
      offsets_.push_back(value);
      return offsets_.size() <= 2 || Refuse("a third offset");
    }
    if (value > static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) {
      return Refuse("a dimension that overflows");
    }
    entry_.shape.push_back(static_cast<int64_t>(value));
    return entry_.shape.size() <= kMaxRank || Refuse("more than 64 dimensions");
  }

  bool string(string_t& value) override {
    if (depth_ == 2 && entry_.name == kMetadata) {
      header.metadata[key_] = value;
      return true;
    }
    if (depth_ != 2 || key_ != "dtype" || in_array_) return Refuse("a string");
    entry_.dtype = value;
    return true;
  }

  bool start_object(std::size_t) override {
    if (depth_ == 2 || in_array_) return Refuse("an object");
    ++depth_;
    keys_.clear();
    return true;
  }

  bool key(string_t& value) override {
    if (depth_ == 1) {
      if (!names_.insert(value).second) return Fail("tensor " + value + " is listed twice");
      entry_ = {value, "", {}, 0, 0};
      offsets_.clear();
      return true;
    }
    key_ = value;
    if (!keys_.insert(value).second) return Refuse("the key \"" + value + "\" twice");
    if (entry_.name == kMetadata || value == "dtype" || value == "shape" ||
        value == "data_offsets") {
      return true;
    }
    return Refuse("the unknown key \"" + value + "\"");
  }

  bool end_object() override {
    --depth_;
    return depth_ == 0 || entry_.name == kMetadata || FinishEntry();
  }

  bool start_array(std::size_t) override {
    const bool expected = depth_ == 2 && entry_.name != kMetadata && key_ != "dtype";
    if (in_array_ || !expected) return Refuse("an array");
    in_array_ = true;
    return true;
  }

  bool end_array() override {
    in_array_ = false;
    return true;
  }

  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception&) override {
    return Fail(absl::StrCat("the header is not UTF-8 JSON (byte ", position, ")"));
  }

 private:
  static constexpr size_t kMaxRank = 64;

  bool Fail(std::string message) {
    error = std::move(message);
    return false;
  }
  bool Refuse(const std::string& what) {
    return Fail(entry_.name.empty() ? "the header holds " + what
                                    : "tensor " + entry_.name + " has " + what);
  }

  bool FinishEntry() {
    for (const char* required : {"dtype", "shape", "data_offsets"}) {
      if (keys_.count(required) == 0) return Refuse(std::string("no ") + required);
    }
    if (offsets_.size() != 2) return Refuse("data_offsets that are not two numbers");
    entry_.begin = offsets_[0];
    entry_.end = offsets_[1];
    header.entries.push_back(std::move(entry_));
    return true;
  }

  int depth_ = 0;
  bool in_array_ = false;
  std::string key_;
  TensorEntry entry_;
  std::vector<uint64_t> offsets_;
  std::set<std::string> names_, keys_;
};

absl::Status EntryError(const TensorEntry& entry, std::string_view what) {
  return DataError(absl::StrCat("tensor ", entry.name, ": ", internal::View(what)));
}

// Bytes of dtype x shape; nothing if that overflows 64 bits.
std::optional<uint64_t> TensorBytes(const TensorEntry& entry, uint64_t element_bytes) {
  uint64_t bytes = element_bytes;
  if (std::count(entry.shape.begin(), entry.shape.end(), 0) > 0) bytes = 0;
  uint64_t unused = 1;  // a zero size does not excuse an overflow among the others
  for (const int64_t size : entry.shape) {
    const auto factor = static_cast<uint64_t>(size);
    if (factor != 0 && __builtin_mul_overflow(unused, factor, &unused)) return std::nullopt;
    if (__builtin_mul_overflow(bytes, factor, &bytes)) return std::nullopt;
  }
  return bytes;
}

absl::Status CheckEntry(const TensorEntry& entry, uint64_t expected_begin, uint64_t buffer_bytes) {
  const absl::StatusOr<uint64_t> element_bytes = ElementBytes(entry.dtype);
  if (!element_bytes.ok()) return EntryError(entry, std::string(element_bytes.status().message()));
  if (entry.begin > entry.end) return EntryError(entry, "its offsets are reversed");
  if (entry.end > buffer_bytes) {
    return EntryError(entry, absl::StrCat("it ends at byte ", entry.end, " of a buffer of ",
                                          buffer_bytes, " bytes"));
  }
  const std::optional<uint64_t> bytes = TensorBytes(entry, *element_bytes);
  if (!bytes.has_value()) return EntryError(entry, "its shape overflows");
  if (*bytes != entry.end - entry.begin) {
    return EntryError(entry, absl::StrCat("its type and shape take ", *bytes,
                                          " bytes, its offsets span ", entry.end - entry.begin));
  }
  if (entry.begin == expected_begin) return absl::OkStatus();
  return EntryError(entry,
                    absl::StrCat("it begins at byte ", entry.begin, ", expected ", expected_begin,
                                 entry.begin > expected_begin ? " (hole)" : " (overlap)"));
}

absl::Status CheckLayout(const std::vector<TensorEntry>& entries, uint64_t buffer_bytes) {
  uint64_t position = 0;
  for (const TensorEntry& entry : entries) {
    BENCH_RETURN_IF_ERROR(CheckEntry(entry, position, buffer_bytes));
    position = entry.end;
  }
  if (position == buffer_bytes) return absl::OkStatus();
  return DataError(absl::StrCat(
      "the buffer has ", buffer_bytes - position, " bytes after ",
      entries.empty() ? std::string("the header") : "the last tensor, " + entries.back().name));
}

}  // namespace

absl::StatusOr<uint64_t> ElementBytes(std::string_view dtype) {
  static constexpr std::array<std::pair<std::string_view, uint64_t>, 15> kSizes = {{{"BOOL", 1},
                                                                                    {"U8", 1},
                                                                                    {"I8", 1},
                                                                                    {"F8_E4M3", 1},
                                                                                    {"F8_E5M2", 1},
                                                                                    {"I16", 2},
                                                                                    {"U16", 2},
                                                                                    {"F16", 2},
                                                                                    {"BF16", 2},
                                                                                    {"I32", 4},
                                                                                    {"U32", 4},
                                                                                    {"F32", 4},
                                                                                    {"I64", 8},
                                                                                    {"U64", 8},
                                                                                    {"F64", 8}}};
  for (const auto& [name, bytes] : kSizes) {
    if (name == dtype) return bytes;
  }
  return DataError("unknown dtype \"" + std::string(dtype) + "\"");
}

absl::StatusOr<SafetensorsHeader> ParseHeader(std::string_view json, uint64_t buffer_bytes) {
  if (json.empty() || json.front() != '{') return DataError("the header does not begin with {");
  HeaderHandler handler;
  if (!ReadJsonEvents(json, handler)) return DataError(handler.error);
  std::stable_sort(handler.header.entries.begin(), handler.header.entries.end(),
                   [](const TensorEntry& a, const TensorEntry& b) {
                     return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
                   });
  BENCH_RETURN_IF_ERROR(CheckLayout(handler.header.entries, buffer_bytes));
  return std::move(handler.header);
}

std::string FormatHeader(const SafetensorsHeader& header) {
  nlohmann::ordered_json json = nlohmann::ordered_json::object();
  if (!header.metadata.empty()) json[kMetadata] = header.metadata;
  for (const TensorEntry& entry : header.entries) {
    json[entry.name] = {
        {"dtype", entry.dtype}, {"shape", entry.shape}, {"data_offsets", {entry.begin, entry.end}}};
  }
  std::string text = json.dump();
  text.append((8 - text.size() % 8) % 8, ' ');
  return text;
}

}  // namespace bench::models
