#include "harness/data/json_rows.h"

#include <cstring>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/json.h"
#include "base/status.h"
#include "harness/data/byte_stream.h"
#include "harness/data/json_shape.h"

namespace bench::harness {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// Takes white space and returns where the first other byte stands.
absl::StatusOr<JsonPlace> SkipToFirst(const std::string& path, ByteStream& stream) {
  JsonPlace first;
  std::optional<char> c = stream.PeekAny();
  for (; c && std::strchr(" \t\r\n", *c) != nullptr && *c != '\0'; c = stream.PeekAny()) {
    first = c == '\n' ? JsonPlace{first.line + 1, 1} : JsonPlace{first.line, first.column + 1};
    stream.Skip();
  }
  if (c == kByteOrderMark[0]) {
    return DataError(absl::StrCat(path, ":", first.line,
                                  ": starts with a byte order mark; save it as UTF-8 without one"));
  }
  const bool is_utf16 = (c == '\xFF' && stream.PeekSecond() == '\xFE') ||
                        (c == '\xFE' && stream.PeekSecond() == '\xFF');
  if (is_utf16) {
    return DataError(absl::StrCat(path, ":", first.line, ": starts as UTF-16; save it as UTF-8"));
  }
  stream.BeginRecord();
  return first;
}

// Up to and with the newline; of a line over the limit the end is thrown away.
std::string TakeLine(ByteStream& stream) {
  std::string line;
  while (const auto c = stream.PeekAny()) {
    stream.Skip();
    if (c == '\n') break;
    if (!stream.over_limit()) line.push_back(*c);
  }
  return line;
}

// Of lines whose first is no record that can be read: the fields of the first that is one, so that
// a broken line does not decide what the others are.
absl::StatusOr<FieldKinds> FieldsOfLaterLine(const std::string& path, int64_t max_record_bytes) {
  constexpr int kMostLines = 1000;
  BENCH_ASSIGN_OR_RETURN(ByteStream stream, ByteStream::Open(path, max_record_bytes));
  for (int line = 0; line < kMostLines && stream.PeekAny(); ++line) {
    stream.BeginRecord();
    JsonShapeEvents events([] {});
    ReadJsonEvents(TakeLine(stream), events);
    const auto shape = events.Shape();
    if (shape.ok() && !shape->fields.empty()) return shape->fields;
  }
  return FieldKinds();
}

class Reader {
 public:
  Reader(const std::string& path, std::span<const FieldRule> rules, RecordSink& sink)
      : path_(path), rules_(rules), sink_(sink) {}

  absl::Status Read(const JsonRecords& records) {
    BENCH_ASSIGN_OR_RETURN(ByteStream stream,
                           ByteStream::Open(path_, sink_.options().max_record_bytes));
    BENCH_ASSIGN_OR_RETURN(first_, SkipToFirst(path_, stream));
    BENCH_RETURN_IF_ERROR(records.layout == JsonLayout::kOneRecord ? ReadLines(stream)
                                                                   : ReadArray(stream, records));
    if (stream.read_failed()) return EnvironmentError(absl::StrCat("cannot read ", path_));
    return absl::OkStatus();
  }

 private:
  absl::Status ReadLines(ByteStream& stream) {
    for (int64_t line = first_.line; stream.PeekAny(); ++line) {
      stream.BeginRecord();
      const std::string text = TakeLine(stream);
      const std::string where = absl::StrCat(path_, ":", line, ": ");
      if (stream.over_limit()) {
        BENCH_RETURN_IF_ERROR(sink_.Refuse(sink_.OverLimit(), where));
      } else if (text.find_first_not_of(" \t\r") != std::string::npos) {
        BENCH_RETURN_IF_ERROR(ReadLine(text, where));
      }
    }
    return absl::OkStatus();
  }

  absl::Status ReadLine(const std::string& line, const std::string& where) {
    // Held back until the whole line is known to be valid.
    std::optional<RecordOutcome> held;
    RecordEvents events({JsonLayout::kOneRecord}, rules_, [&](RecordOutcome outcome) {
      held = std::move(outcome);
      return true;
    });
    ReadJsonEvents(line, events);
    if (events.failure()) return sink_.Refuse(*events.failure(), where);
    return sink_.Take(*std::move(held), where);
  }

  absl::Status ReadArray(ByteStream& stream, const JsonRecords& records) {
    absl::Status status;
    int64_t record = 1;
    const auto where = [&] { return absl::StrCat(path_, ": record ", record, ": "); };
    const auto take = [&](RecordOutcome outcome) {
      status = sink_.Take(std::move(outcome), where());
      ++record;
      stream.BeginRecord();
      return status.ok();
    };
    RecordEvents events(records, rules_, take, first_);
    nlohmann::json::sax_parse(ByteIterator(&stream), ByteIterator(), &events);
    BENCH_RETURN_IF_ERROR(status);
    if (stream.over_limit()) return DataError(where() + sink_.OverLimit().message);
    if (stream.at_nul()) return DataError(where() + "no valid JSON: a NUL byte");
    if (events.failure()) return DataError(where() + events.failure()->message);
    return absl::OkStatus();
  }

  const std::string& path_;
  const std::span<const FieldRule> rules_;
  RecordSink& sink_;
  JsonPlace first_;  // of the first byte that is no white space
};

}  // namespace

absl::StatusOr<RowShape> FindJsonShape(const std::string& path, int64_t max_record_bytes) {
  BENCH_ASSIGN_OR_RETURN(ByteStream stream, ByteStream::Open(path, max_record_bytes));
  BENCH_RETURN_IF_ERROR(SkipToFirst(path, stream).status());
  const bool begins_object = stream.PeekAny() == '{';
  JsonShapeEvents events([&stream] { stream.BeginRecord(); });
  nlohmann::json::sax_parse(ByteIterator(&stream), ByteIterator(), &events);
  auto shape = events.Shape();
  if (!shape.ok()) return Annotate(shape.status(), path);
  const bool is_broken_record =
      begins_object && shape->fields.empty() && shape->json.layout == JsonLayout::kOneRecord;
  if (is_broken_record) {
    BENCH_ASSIGN_OR_RETURN(shape->fields, FieldsOfLaterLine(path, max_record_bytes));
  }
  return shape;
}

absl::Status ReadJsonRows(const std::string& path, const JsonRecords& records,
                          std::span<const FieldRule> rules, RecordSink& sink) {
  return Reader(path, rules, sink).Read(records);
}

}  // namespace bench::harness
