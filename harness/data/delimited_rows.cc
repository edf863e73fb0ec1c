#include "harness/data/delimited_rows.h"

#include <optional>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/json.h"
#include "base/status.h"
#include "harness/data/byte_stream.h"
#include "harness/text/text.h"

namespace bench::harness {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

struct DelimitedRow {
  int64_t line = 0;                // that it begins at
  std::vector<std::string> cells;  // one empty cell: a blank line
  std::string problem;             // "": none
  bool over_limit = false;

  bool is_blank() const { return cells.size() == 1 && cells[0].empty() && problem.empty(); }
};

// Cuts a file into rows of cells.
class RowCutter {
 public:
  RowCutter(ByteStream stream, Separator separator)
      : stream_(std::move(stream)), separator_(static_cast<char>(separator)) {}

  // nullopt at the end of the file.
  std::optional<DelimitedRow> Next() {
    if (!stream_.PeekAny()) return std::nullopt;
    stream_.BeginRecord();
    row_ = DelimitedRow{.line = line_};
    while (TakeCell()) {
    }
    row_.over_limit = stream_.over_limit();
    return std::move(row_);
  }

  bool read_failed() const { return stream_.read_failed(); }

 private:
  // Whether the row goes on behind the cell.
  bool TakeCell() {
    std::string& cell = row_.cells.emplace_back();
    if (stream_.PeekAny() == '"') {
      TakeQuoted(cell);
      if (!AtCellEnd()) Problem("text behind a quoted cell");
    }
    while (!AtCellEnd()) Keep(Take(), cell);
    const std::optional<char> end = stream_.PeekAny();
    if (!end) return false;
    Take();
    if (end == '\r') Take();
    return end == separator_;
  }

  void TakeQuoted(std::string& cell) {
    Take();
    while (const std::optional<char> c = stream_.PeekAny()) {
      Take();
      if (c != '"') {
        Keep(*c, cell);
      } else if (stream_.PeekAny() == '"') {
        Keep(Take(), cell);
      } else {
        return;
      }
    }
    Problem("a quote that does not end");
  }

  // At a separator, a line's end or the file's.
  bool AtCellEnd() {
    const std::optional<char> c = stream_.PeekAny();
    if (!c || c == separator_ || c == '\n') return true;
    if (c != '\r') return false;
    return stream_.PeekSecond() == '\n';
  }

  char Take() {
    const char c = *stream_.PeekAny();
    stream_.Skip();
    line_ += c == '\n' ? 1 : 0;
    return c;
  }

  void Keep(char c, std::string& cell) {
    if (!stream_.over_limit()) cell.push_back(c);
  }

  void Problem(std::string_view problem) {
    if (row_.problem.empty()) row_.problem = problem;
  }

  ByteStream stream_;
  const char separator_;
  int64_t line_ = 1;
  DelimitedRow row_;
};

absl::StatusOr<RowCutter> OpenRows(const std::string& path, Separator separator,
                                   int64_t max_record_bytes) {
  BENCH_ASSIGN_OR_RETURN(ByteStream stream, ByteStream::Open(path, max_record_bytes));
  return RowCutter(std::move(stream), separator);
}

// The column names; the rows follow.
absl::StatusOr<std::vector<std::string>> TakeHeader(const std::string& path, RowCutter& rows) {
  std::optional<DelimitedRow> header = rows.Next();
  if (rows.read_failed()) return EnvironmentError(absl::StrCat("cannot read ", path));
  if (!header || header->is_blank()) return DataError(absl::StrCat(path, ":1: no header"));
  if (header->over_limit || !header->problem.empty()) {
    return DataError(
        absl::StrCat(path, ":1: the header has ", header->over_limit ? "no end" : header->problem));
  }
  std::string& first = header->cells[0];
  if (first.starts_with(kByteOrderMark)) first.erase(0, kByteOrderMark.size());
  std::set<std::string> seen;
  for (const std::string& name : header->cells) {
    if (FirstInvalidUtf8(name)) {
      return DataError(absl::StrCat(path, ":1: the header is not valid UTF-8; save it as UTF-8"));
    }
    if (!seen.insert(name).second) {
      return DataError(absl::StrCat(path, ":1: two columns ", QuotedForMessage(name)));
    }
  }
  return std::move(header->cells);
}

class Reader {
 public:
  Reader(const std::string& path, std::span<const FieldRule> rules, RecordSink& sink)
      : path_(path), rules_(rules), sink_(sink) {}

  absl::Status Read(Separator separator) {
    BENCH_ASSIGN_OR_RETURN(RowCutter rows,
                           OpenRows(path_, separator, sink_.options().max_record_bytes));
    BENCH_ASSIGN_OR_RETURN(const std::vector<std::string> names, TakeHeader(path_, rows));
    columns_ = {names.begin(), names.end()};
    BENCH_RETURN_IF_ERROR(FindFields(names));
    while (std::optional<DelimitedRow> row = rows.Next()) {
      if (row->is_blank() && names.size() > 1) continue;
      BENCH_RETURN_IF_ERROR(TakeRow(*std::move(row), names.size()));
    }
    if (rows.read_failed()) return EnvironmentError(absl::StrCat("cannot read ", path_));
    return absl::OkStatus();
  }

 private:
  absl::Status FindFields(const std::vector<std::string>& names) {
    for (const FieldRule& rule : rules_) {
      std::optional<size_t>& column = field_columns_.emplace_back();
      for (size_t i = 0; i < names.size(); ++i) {
        if (names[i] == rule.name) column = i;
      }
      if (column || rule.presence == FieldPresence::kOptional) continue;
      return DataError(absl::StrCat(path_, ":1: no column \"", std::string(rule.name), "\"",
                                    KeysInstead(rule.name, columns_)));
    }
    return absl::OkStatus();
  }

  absl::Status TakeRow(DelimitedRow row, size_t num_columns) {
    const std::string where = absl::StrCat(path_, ":", row.line, ": ");
    if (row.over_limit) return sink_.Refuse(sink_.OverLimit(), where);
    if (!row.problem.empty()) return sink_.Refuse({row.problem, row.problem}, where);
    if (row.cells.size() != num_columns) {
      const std::string reason = "another number of cells than the header";
      return sink_.Refuse(
          {reason, absl::StrCat(row.cells.size(), " cells, but the header has ", num_columns)},
          where);
    }
    std::vector<std::optional<std::string>> cells;
    for (const std::optional<size_t>& column : field_columns_) {
      std::optional<std::string>& cell = cells.emplace_back();
      if (column) cell = std::move(row.cells[*column]);
    }
    return sink_.Take(OutcomeOfCells(rules_, std::move(cells), columns_), where);
  }

  const std::string& path_;
  const std::span<const FieldRule> rules_;
  RecordSink& sink_;
  std::set<std::string> columns_;
  std::vector<std::optional<size_t>> field_columns_;  // by rule
};

}  // namespace

absl::StatusOr<FieldKinds> FindColumns(const std::string& path, Separator separator,
                                       int64_t max_record_bytes) {
  BENCH_ASSIGN_OR_RETURN(RowCutter rows, OpenRows(path, separator, max_record_bytes));
  BENCH_ASSIGN_OR_RETURN(const std::vector<std::string> names, TakeHeader(path, rows));
  FieldKinds kinds;
  for (const std::string& name : names) kinds[name] = FieldKind::kText;
  return kinds;
}

absl::Status ReadDelimitedRows(const std::string& path, Separator separator,
                               std::span<const FieldRule> rules, RecordSink& sink) {
  return Reader(path, rules, sink).Read(separator);
}

}  // namespace bench::harness
