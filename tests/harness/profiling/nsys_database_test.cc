#include "harness/profiling/nsys_database.h"

#include <gtest/gtest.h>

#include <map>
#include <utility>

#include "base/file.h"
#include "tests/harness/profiling/sqlite_writer.h"
#include "tests/support/temp_folder.h"

namespace bench::harness {
namespace {

using results::Cell;
using Key = std::pair<std::string, std::string>;

struct Totals {
  int64_t count = 0;
  double total_s = 0;
};

// By (range, name).
std::map<Key, Totals> RowsOf(const ProfileTables& tables, const std::string& table) {
  std::map<Key, Totals> rows;
  for (const std::vector<Cell>& row : tables.at(table).rows) {
    rows[{std::get<std::string>(row[0]), std::get<std::string>(row[1])}] = {
        std::get<int64_t>(row[2]), std::get<double>(row[3])};
  }
  return rows;
}

// Recorded by nsys 2022.4 of a program of six steps with our ranges, of which the third and fourth
// were captured; cut by make_nsys_fixture.py, which prints these sums by SQL of its own.
TEST(NsysDatabase, RangesAndCallsOfARecordedExportAddUpByRange) {
  const auto tables = ReadNsysDatabase(std::string(BENCH_TEST_DATA) +
                                       "/harness/profiling/testdata/nsys_cpu.sqlite");
  ASSERT_TRUE(tables.ok()) << tables.status();
  const auto ranges = RowsOf(*tables, "profile_ranges");
  ASSERT_EQ(ranges.size(), 3u);
  EXPECT_EQ(ranges.at({"step", "step"}).count, 2);
  EXPECT_NEAR(ranges.at({"step", "step"}).total_s, 10496517e-9, 1e-12);
  EXPECT_NEAR(ranges.at({"forward", "forward"}).total_s, 10494198e-9, 1e-12);
  EXPECT_EQ(ranges.at({"forward", "aten::mm"}).count, 2);
  EXPECT_NEAR(ranges.at({"forward", "aten::mm"}).total_s, 10492162e-9, 1e-12);
  // What is called in a range within another one counts in the inner one; the calls of nsys's own
  // thread do not count.
  const auto calls = RowsOf(*tables, "profile_os_calls");
  ASSERT_EQ(calls.size(), 4u);
  EXPECT_EQ(calls.at({"forward", "usleep"}).count, 2);
  EXPECT_NEAR(calls.at({"forward", "usleep"}).total_s, 6562071e-9, 1e-12);
  EXPECT_NEAR(calls.at({"forward", "fopen"}).total_s, 3635708e-9, 1e-12);
  EXPECT_EQ(calls.at({"forward", "fwrite"}).count, 2);
  EXPECT_EQ(calls.at({"forward", "fclose"}).count, 2);
  EXPECT_TRUE(tables->at("profile_kernels").rows.empty());
}

// Columns as nsys names them in its exports.
constexpr char kSchema[] =
    "CREATE TABLE StringIds (id INTEGER PRIMARY KEY, value TEXT NOT NULL);"
    "CREATE TABLE NVTX_EVENTS (start INTEGER NOT NULL, end INTEGER, eventType INTEGER NOT NULL, "
    "text TEXT, globalTid INTEGER, textId INTEGER, domainId INTEGER);"
    "INSERT INTO StringIds VALUES (1, 'profiled'), (2, 'step'), (3, 'forward'), (4, 'backward'),"
    "(5, 'sgemm'), (6, 'aten::mm');"
    "INSERT INTO NVTX_EVENTS VALUES (0, NULL, 75, 'bench', 7, NULL, 1), (0, NULL, 75, 'other', 7, "
    "NULL, 2), (10, NULL, 59, NULL, 7, 1, 1), (20, 1000, 59, NULL, 7, 2, 1),"
    "(30, 100, 59, NULL, 7, 3, 1), (100, 500, 59, NULL, 7, 4, 1);";
constexpr char kKernels[] =
    "CREATE TABLE CUPTI_ACTIVITY_KIND_RUNTIME (start INTEGER, end INTEGER, globalTid INTEGER, "
    "correlationId INTEGER, nameId INTEGER);"
    "CREATE TABLE CUPTI_ACTIVITY_KIND_KERNEL (start INTEGER, end INTEGER, deviceId INTEGER, "
    "correlationId INTEGER, demangledName INTEGER);"
    "CREATE TABLE CUPTI_ACTIVITY_KIND_MEMCPY (start INTEGER, end INTEGER, correlationId INTEGER);"
    // The second is launched in the forward pass and runs after it.
    "INSERT INTO CUPTI_ACTIVITY_KIND_RUNTIME VALUES (40, 41, 7, 101, 0), (90, 91, 7, 102, 0),"
    "(200, 201, 8, 103, 0), (210, 211, 8, 104, 0);"
    "INSERT INTO CUPTI_ACTIVITY_KIND_KERNEL VALUES (50, 60, 0, 101, 5), (110, 140, 0, 102, 5),"
    "(220, 320, 0, 103, 5), (2000, 2001, 0, 999, 5);"
    "INSERT INTO CUPTI_ACTIVITY_KIND_MEMCPY VALUES (400, 405, 104);";

TEST(NsysDatabase, AKernelBelongsToTheRangeThatLaunchedItWhateverThreadDid) {
  const TempFolder temp;
  WriteSqlite(temp / "gpu.sqlite", std::string(kSchema) + kKernels);
  const auto tables = ReadNsysDatabase(temp / "gpu.sqlite");
  ASSERT_TRUE(tables.ok()) << tables.status();
  const auto kernels = RowsOf(*tables, "profile_kernels");
  ASSERT_EQ(kernels.size(), 4u);
  EXPECT_EQ(kernels.at({"forward", "sgemm"}).count, 2);
  EXPECT_DOUBLE_EQ(kernels.at({"forward", "sgemm"}).total_s, 40e-9);
  EXPECT_DOUBLE_EQ(kernels.at({"backward", "sgemm"}).total_s, 100e-9);
  EXPECT_DOUBLE_EQ(kernels.at({"backward", "memcpy"}).total_s, 5e-9);
  EXPECT_EQ(kernels.at({"", "sgemm"}).count, 1);  // whose launch was not captured
}

TEST(NsysDatabase, RangesOfOtherDomainsAndOpenOnesDoNotCount) {
  const TempFolder temp;
  WriteSqlite(temp / "a.sqlite", std::string(kSchema) +
                                     "INSERT INTO NVTX_EVENTS VALUES (40, 50, 59, NULL, 7, 6, 2),"
                                     "(60, NULL, 59, NULL, 7, 6, 1), (70, 75, 60, NULL, 7, 6, 1);");
  const auto tables = ReadNsysDatabase(temp / "a.sqlite");
  ASSERT_TRUE(tables.ok()) << tables.status();
  EXPECT_FALSE(RowsOf(*tables, "profile_ranges").contains({"forward", "aten::mm"}));
  EXPECT_TRUE(tables->at("profile_os_calls").rows.empty());
}

// Processes 5 and 6: their number stands above the 24 bits of the thread's. Process 5 has numbered
// its own domain as ours is numbered here.
TEST(NsysDatabase, RangesOfAProgramThatTheRunHasStartedCountInNoRangeOfOurs) {
  const TempFolder temp;
  WriteSqlite(temp / "a.sqlite",
              std::string(kSchema) +
                  "INSERT INTO NVTX_EVENTS VALUES (1, NULL, 75, 'mine', 5 * 16777216 + 9, NULL, 1),"
                  "(40, 50, 59, 'train', 5 * 16777216 + 9, NULL, 0),"
                  "(60, 75, 59, 'train', 6 * 16777216 + 1, NULL, 0),"
                  "(80, NULL, 59, 'train', 6 * 16777216 + 1, NULL, 0),"
                  "(41, 45, 59, NULL, 5 * 16777216 + 9, 6, 1);");
  const auto tables = ReadNsysDatabase(temp / "a.sqlite");
  ASSERT_TRUE(tables.ok()) << tables.status();
  const auto ranges = RowsOf(*tables, "profile_ranges");
  EXPECT_EQ(ranges.at({"", "train"}).count, 2);
  EXPECT_DOUBLE_EQ(ranges.at({"", "train"}).total_s, 25e-9);
  EXPECT_EQ(ranges.at({"", "aten::mm"}).count, 1);
  EXPECT_EQ(ranges.at({"step", "step"}).count, 1);
}

TEST(NsysDatabase, AnExportWithoutOurCaptureOrOfAnotherSchemaIsRefused) {
  const TempFolder temp;
  WriteSqlite(temp / "none.sqlite",
              std::string(kSchema) + "UPDATE StringIds SET value = 'x' WHERE id = 1;");
  const absl::Status none = ReadNsysDatabase(temp / "none.sqlite").status();
  EXPECT_TRUE(absl::IsDataLoss(none)) << none;
  EXPECT_NE(std::string(none.message()).find("profiled"), std::string::npos);
  WriteSqlite(temp / "other.sqlite", "CREATE TABLE NVTX_EVENTS (start INTEGER);");
  EXPECT_TRUE(absl::IsDataLoss(ReadNsysDatabase(temp / "other.sqlite").status()));
}

}  // namespace
}  // namespace bench::harness
