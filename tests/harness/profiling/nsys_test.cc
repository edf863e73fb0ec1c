#include "harness/profiling/nsys.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/file.h"
#include "tests/harness/profiling/sqlite_writer.h"
#include "tests/support/temp_folder.h"

namespace bench::harness {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

void WriteProgram(const std::string& path, const std::string& script) {
  ASSERT_TRUE(PublishFile(path, "#!/bin/sh\n" + script).ok());
  ASSERT_EQ(::chmod(path.c_str(), 0700), 0);
}

TEST(Nsys, CapturesFromOneRegisteredRangeIntoTheRunsFolder) {
  const auto command = NsysCommand("/usr/bin/nsys", "/runs/a");
  EXPECT_EQ(command.front(), "/usr/bin/nsys");
  EXPECT_THAT(command, Contains("--capture-range=nvtx"));
  EXPECT_THAT(command, Contains("--nvtx-capture=profiled@bench"));
  EXPECT_THAT(command, Contains("--capture-range-end=stop"));
  EXPECT_THAT(command, Contains("--output=/runs/a/profile"));
}

TEST(Nsys, ExportsAndReadsTheReport) {
  const TempFolder temp;
  WriteSqlite(temp / "export.sqlite",
              "CREATE TABLE StringIds (id INTEGER PRIMARY KEY, value TEXT);"
              "CREATE TABLE NVTX_EVENTS (start INTEGER, end INTEGER, eventType INTEGER, text TEXT, "
              "globalTid INTEGER, textId INTEGER, domainId INTEGER);"
              "INSERT INTO StringIds VALUES (1, 'profiled'), (2, 'step');"
              "INSERT INTO NVTX_EVENTS VALUES (0, NULL, 75, 'bench', 5, NULL, 1),"
              "(0, 100, 59, NULL, 5, 1, 1), (10, 2000000010, 59, NULL, 5, 2, 1);");
  // "export --type sqlite --force-overwrite true --output FILE REPORT"
  WriteProgram(temp / "nsys", "cp '" + temp / "export.sqlite" + "' \"$7\"\n");
  ASSERT_TRUE(PublishFile(temp / kNsysReportName, "report").ok());
  const auto tables = FinishNsys(temp / "nsys", temp.path());
  ASSERT_TRUE(tables.ok()) << tables.status();
  const results::Table& ranges = tables->at("profile_ranges");
  ASSERT_EQ(ranges.rows.size(), 1u);
  EXPECT_EQ(ranges.rows[0],
            (std::vector<results::Cell>{"step", "step", int64_t{1}, 1e-9 * 2000000000}));
  EXPECT_TRUE(Exists(temp / kNsysDatabaseName));
}

TEST(Nsys, WithoutAReportTheRunDidNotReachTheSteps) {
  const TempFolder temp;
  const auto finished = FinishNsys("/bin/false", temp.path());
  EXPECT_TRUE(absl::IsUnavailable(finished.status())) << finished.status();
  EXPECT_THAT(std::string(finished.status().message()), HasSubstr("did not reach the steps"));
}

TEST(Nsys, AnExportThatFailsIsReportedWithWhatItSaid) {
  const TempFolder temp;
  WriteProgram(temp / "nsys", "echo 'the report is of a newer version' >&2; exit 3\n");
  ASSERT_TRUE(PublishFile(temp / kNsysReportName, "report").ok());
  const auto finished = FinishNsys(temp / "nsys", temp.path());
  EXPECT_THAT(std::string(finished.status().message()),
              HasSubstr("ended with 3: the report is of a newer version"));
}

}  // namespace
}  // namespace bench::harness
