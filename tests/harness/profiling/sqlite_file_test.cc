#include "harness/profiling/sqlite_file.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "base/file.h"
#include "tests/harness/profiling/sqlite_writer.h"
#include "tests/support/temp_folder.h"

namespace bench::harness {
namespace {

TEST(SqliteFile, GivesEveryRowWithItsIntegersAndTexts) {
  const TempFolder temp;
  WriteSqlite(temp / "a.sqlite",
              "CREATE TABLE t (n INTEGER, s TEXT);"
              "INSERT INTO t VALUES (281928095787392, '矩阵'), (-2, 'b'), (NULL, NULL);");
  const auto file = SqliteFile::Open(temp / "a.sqlite");
  ASSERT_TRUE(file.ok()) << file.status();
  std::vector<std::pair<int64_t, std::string>> rows;
  ASSERT_TRUE(
      file->Select("SELECT n, s FROM t ORDER BY rowid",
                   [&](const SqliteRow& row) { rows.emplace_back(row.Integer(0), row.Text(1)); })
          .ok());
  EXPECT_EQ(rows, (std::vector<std::pair<int64_t, std::string>>{
                      {281928095787392, "矩阵"}, {-2, "b"}, {0, ""}}));
  EXPECT_EQ(*file->HasTable("t"), true);
  EXPECT_EQ(*file->HasTable("u"), false);
}

TEST(SqliteFile, WhatIsMissingOrNoDatabaseIsAnErrorThatNamesTheFile) {
  const TempFolder temp;
  EXPECT_TRUE(absl::IsUnavailable(SqliteFile::Open(temp / "none.sqlite").status()));
  EXPECT_FALSE(Exists(temp / "none.sqlite"));
  ASSERT_TRUE(PublishFile(temp / "text.sqlite", std::string(4096, 'x')).ok());
  const auto text = SqliteFile::Open(temp / "text.sqlite");
  const absl::Status read = text.ok() ? text->HasTable("t").status() : text.status();
  EXPECT_TRUE(absl::IsDataLoss(read)) << read;
  EXPECT_NE(std::string(read.message()).find("text.sqlite"), std::string::npos);
  WriteSqlite(temp / "a.sqlite", "CREATE TABLE t (n INTEGER);");
  const auto file = SqliteFile::Open(temp / "a.sqlite");
  const absl::Status wrong = file->Select("SELECT m FROM t", [](const SqliteRow&) {});
  EXPECT_TRUE(absl::IsDataLoss(wrong)) << wrong;
}

}  // namespace
}  // namespace bench::harness
