#include "harness/profiling/sqlite_file.h"

#include <sqlite3.h>

#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/status.h"

namespace bench::harness {

int64_t SqliteRow::Integer(int column) const { return ::sqlite3_column_int64(statement_, column); }

std::string SqliteRow::Text(int column) const {
  const void* bytes = ::sqlite3_column_blob(statement_, column);
  const auto size = static_cast<size_t>(::sqlite3_column_bytes(statement_, column));
  return bytes == nullptr ? std::string() : std::string(static_cast<const char*>(bytes), size);
}

void SqliteFile::Close::operator()(sqlite3* database) const { ::sqlite3_close(database); }

SqliteFile::SqliteFile(std::string path, sqlite3* database)
    : path_(std::move(path)), database_(database) {}

absl::StatusOr<SqliteFile> SqliteFile::Open(const std::string& path) {
  if (!Exists(path)) return EnvironmentError(absl::StrCat(path, ": no such file"));
  sqlite3* database = nullptr;
  const int opened = ::sqlite3_open_v2(path.c_str(), &database, SQLITE_OPEN_READONLY, nullptr);
  SqliteFile file(path, database);
  if (opened != SQLITE_OK) return file.Failed();
  return file;
}

absl::Status SqliteFile::Failed() const {
  const char* reason = database_ == nullptr ? "no memory" : ::sqlite3_errmsg(database_.get());
  return DataError(absl::StrCat(path_, ": ", reason));
}

absl::Status SqliteFile::Select(const std::string& query,
                                const std::function<void(const SqliteRow&)>& take) const {
  sqlite3_stmt* statement = nullptr;
  const absl::Cleanup finalize = [&] { ::sqlite3_finalize(statement); };
  if (::sqlite3_prepare_v2(database_.get(), query.c_str(), -1, &statement, nullptr) != SQLITE_OK) {
    return Failed();
  }
  int result = ::sqlite3_step(statement);
  while (result == SQLITE_ROW) {
    take(SqliteRow(statement));
    result = ::sqlite3_step(statement);
  }
  return result == SQLITE_DONE ? absl::OkStatus() : Failed();
}

absl::StatusOr<bool> SqliteFile::HasTable(const std::string& name) const {
  bool found = false;
  BENCH_RETURN_IF_ERROR(
      Select("SELECT name FROM sqlite_master WHERE type = 'table'",
             [&](const SqliteRow& row) { found = found || row.Text(0) == name; }));
  return found;
}

}  // namespace bench::harness
