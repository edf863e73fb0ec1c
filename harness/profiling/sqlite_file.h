// An SQLite database that is only read: the export of Nsight Systems.
//
// Errors: DataError, naming the file, for what is no database or lacks what is asked for;
// EnvironmentError where there is no such file.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

struct sqlite3;
struct sqlite3_stmt;

namespace bench::harness {

// A row of an answer, while it is being looked at. Columns are counted from 0; NULL is 0 or "".
class SqliteRow {
 public:
  explicit SqliteRow(sqlite3_stmt* statement) : statement_(statement) {}
  int64_t Integer(int column) const;
  std::string Text(int column) const;

 private:
  sqlite3_stmt* statement_;
};

class SqliteFile {
 public:
  static absl::StatusOr<SqliteFile> Open(const std::string& path);

  // Calls `take` with every row of the answer.
  absl::Status Select(const std::string& query,
                      const std::function<void(const SqliteRow&)>& take) const;
  absl::StatusOr<bool> HasTable(const std::string& name) const;

 private:
  struct Close {
    void operator()(sqlite3* database) const;
  };

  SqliteFile(std::string path, sqlite3* database);
  absl::Status Failed() const;

  std::string path_;
  std::unique_ptr<sqlite3, Close> database_;
};

}  // namespace bench::harness
