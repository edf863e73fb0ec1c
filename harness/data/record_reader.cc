#include "harness/data/record_reader.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <iterator>
#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "harness/control/signals.h"

namespace bench::harness {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// A file as bytes, through a buffer of fixed size, that counts the bytes of the current record.
class ByteStream {
 public:
  static absl::StatusOr<ByteStream> Open(const std::string& path, int64_t max_record_bytes) {
    File file(std::fopen(path.c_str(), "rbe"), &std::fclose);
    if (file == nullptr) {
      return EnvironmentError(absl::StrCat("cannot open ", path, ": ", std::strerror(errno)));
    }
    return ByteStream(std::move(file), max_record_bytes);
  }

  // The next byte without taking it; nullopt at the end of the file, once the record is over its
  // limit, and at a NUL byte, which the JSON parser would take for the end.
  std::optional<char> Peek() {
    if (record_bytes_ > max_record_bytes_) return std::nullopt;
    const std::optional<char> next = PeekAny();
    if (next != '\0') return next;
    at_nul_ = true;
    return std::nullopt;
  }
  std::optional<char> PeekAny() {
    if (position_ == length_) {
      length_ = std::fread(buffer_.get(), 1, kBufferBytes, file_.get());
      position_ = 0;
      if (length_ == 0) return std::nullopt;
    }
    return buffer_[position_];
  }
  void Skip() {
    ++position_;
    ++record_bytes_;
  }
  void BeginRecord() { record_bytes_ = 0; }
  bool over_limit() const { return record_bytes_ > max_record_bytes_; }
  bool at_nul() const { return at_nul_; }
  bool read_failed() const { return std::ferror(file_.get()) != 0; }
  int64_t max_record_bytes() const { return max_record_bytes_; }

 private:
  static constexpr size_t kBufferBytes = size_t{1} << 16;
  using File = std::unique_ptr<FILE, int (*)(FILE*)>;
  ByteStream(File file, int64_t max_record_bytes)
      : file_(std::move(file)),
        buffer_(std::make_unique<char[]>(kBufferBytes)),
        max_record_bytes_(max_record_bytes) {}

  File file_;
  std::unique_ptr<char[]> buffer_;
  size_t position_ = 0;
  size_t length_ = 0;
  int64_t record_bytes_ = 0;
  bool at_nul_ = false;
  int64_t max_record_bytes_ = 0;
};

// The stream as the input iterator that the JSON parser wants; equal to any other at the end.
class ByteIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = char;

  explicit ByteIterator(ByteStream* stream = nullptr) : stream_(stream) {}
  char operator*() const { return *stream_->Peek(); }
  ByteIterator& operator++() {
    stream_->Skip();
    return *this;
  }
  friend bool operator==(const ByteIterator& a, const ByteIterator& b) {
    return a.AtEnd() == b.AtEnd();
  }

 private:
  bool AtEnd() const { return stream_ == nullptr || !stream_->Peek(); }
  ByteStream* stream_;
};

class Reader {
 public:
  Reader(const std::string& path, std::span<const FieldRule> rules, const RecordOptions& options,
         const RecordVisitor& visit)
      : path_(path), rules_(rules), options_(options), visit_(visit) {}

  absl::StatusOr<RecordReport> Read() {
    BENCH_ASSIGN_OR_RETURN(ByteStream stream, ByteStream::Open(path_, options_.max_record_bytes));
    BENCH_ASSIGN_OR_RETURN(const std::optional<char> first, SkipToFirst(stream));
    BENCH_RETURN_IF_ERROR(first == '[' ? ReadArray(stream) : ReadLines(stream));
    if (stream.read_failed()) return EnvironmentError(absl::StrCat("cannot read ", path_));
    if (report_.num_read + report_.skipped.count() == 0) {
      return DataError(absl::StrCat(path_, ": no record in it"));
    }
    BENCH_RETURN_IF_ERROR(
        CheckSkippedShare(path_, report_.skipped, report_.num_read, options_.max_skipped_share));
    return std::move(report_);
  }

 private:
  // Takes white space; the first other byte says which format it is.
  absl::StatusOr<std::optional<char>> SkipToFirst(ByteStream& stream) {
    std::optional<char> c = stream.PeekAny();
    for (; c && std::strchr(" \t\r\n", *c) != nullptr && *c != '\0'; c = stream.PeekAny()) {
      first_ =
          c == '\n' ? JsonPlace{first_.line + 1, 1} : JsonPlace{first_.line, first_.column + 1};
      stream.Skip();
    }
    if (c == kByteOrderMark[0]) {
      return DataError(
          absl::StrCat(path_, ":", first_.line,
                       ": starts with a byte order mark; save it as UTF-8 without one"));
    }
    stream.BeginRecord();
    return c;
  }

  absl::Status ReadLines(ByteStream& stream) {
    for (int64_t line = first_.line; stream.PeekAny(); ++line) {
      stream.BeginRecord();
      const std::string text = TakeLine(stream);
      const std::string where = absl::StrCat(path_, ":", line, ": ");
      if (stream.over_limit()) {
        BENCH_RETURN_IF_ERROR(Refuse({OverLimit(stream), OverLimit(stream)}, where));
      } else if (text.find_first_not_of(" \t\r") != std::string::npos) {
        BENCH_RETURN_IF_ERROR(ReadLine(text, where));
      }
    }
    return absl::OkStatus();
  }

  // Up to and with the newline; of a line over the limit the end is thrown away.
  static std::string TakeLine(ByteStream& stream) {
    std::string line;
    while (const auto c = stream.PeekAny()) {
      stream.Skip();
      if (c == '\n') break;
      if (!stream.over_limit()) line.push_back(*c);
    }
    return line;
  }

  absl::Status ReadLine(const std::string& line, const std::string& where) {
    // Held back until the whole line is known to be valid.
    std::optional<RecordOutcome> held;
    RecordEvents events(JsonLayout::kOneRecord, rules_, [&](RecordOutcome outcome) {
      held = std::move(outcome);
      return true;
    });
    ReadJsonEvents(line, events);
    if (events.failure()) return Refuse(*events.failure(), where);
    return Take(*std::move(held), where);
  }

  absl::Status ReadArray(ByteStream& stream) {
    absl::Status status;
    int64_t record = 1;
    const auto where = [&] { return absl::StrCat(path_, ": record ", record, ": "); };
    const auto take = [&](RecordOutcome outcome) {
      status = Take(std::move(outcome), where());
      ++record;
      stream.BeginRecord();
      return status.ok();
    };
    RecordEvents events(JsonLayout::kArray, rules_, take, first_);
    nlohmann::json::sax_parse(ByteIterator(&stream), ByteIterator(), &events);
    BENCH_RETURN_IF_ERROR(status);
    if (stream.over_limit()) return DataError(where() + OverLimit(stream));
    if (stream.at_nul()) return DataError(where() + "no valid JSON: a NUL byte");
    if (events.failure()) return DataError(where() + events.failure()->message);
    return absl::OkStatus();
  }

  static std::string OverLimit(const ByteStream& stream) {
    return absl::StrCat("record over ", stream.max_record_bytes(), " bytes");
  }

  absl::Status Take(RecordOutcome outcome, const std::string& where) {
    BENCH_RETURN_IF_ERROR(CheckNotStopped());
    if (outcome.problem) return Refuse(*outcome.problem, where);
    ++report_.num_read;
    StringRecord record{{}, where};
    for (auto& field : outcome.fields) record.fields.push_back(std::move(field).value_or(""));
    return visit_(std::move(record));
  }

  absl::Status Refuse(const RecordProblem& problem, const std::string& where) {
    if (options_.on_invalid == OnInvalid::kError) return DataError(where + problem.message);
    BENCH_RETURN_IF_ERROR(CheckNotStopped());
    report_.skipped.Add(problem.reason, where);
    return absl::OkStatus();
  }

  const std::string path_;
  const std::span<const FieldRule> rules_;
  const RecordOptions options_;
  const RecordVisitor& visit_;
  RecordReport report_;
  JsonPlace first_;  // of the first byte that is no white space
};

}  // namespace

absl::StatusOr<RecordReport> VisitRecords(const std::string& path, std::span<const FieldRule> rules,
                                          const RecordOptions& options,
                                          const RecordVisitor& visit) {
  return Reader(path, rules, options, visit).Read();
}

}  // namespace bench::harness
