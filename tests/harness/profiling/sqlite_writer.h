// Makes databases for tests of what reads them.
#pragma once

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <string>

namespace bench::harness {

// Does these statements in the database at `path`, which is made where there is none.
inline void WriteSqlite(const std::string& path, const std::string& statements) {
  sqlite3* database = nullptr;
  ASSERT_EQ(::sqlite3_open(path.c_str(), &database), SQLITE_OK);
  ASSERT_EQ(::sqlite3_exec(database, statements.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
      << ::sqlite3_errmsg(database);
  ASSERT_EQ(::sqlite3_close(database), SQLITE_OK);
}

}  // namespace bench::harness
