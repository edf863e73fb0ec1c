#include "harness/profiling/ncu.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/temp_folder.h"

namespace bench::harness {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

// As Nsight Compute's manual describes the raw page.
constexpr char kCsv[] =
    "==PROF== Connected to process 812\n"
    "\"ID\",\"Process ID\",\"Kernel Name\",\"Device\",\"gpu__time_duration.sum\"\n"
    "\"\",\"\",\"\",\"\",\"ns\"\n"
    "\"0\",\"812\",\"void add<float, \"\"x\"\">(int, float*)\",\"0\",\"1,500\"\n"
    "\"1\",\"812\",\"sgemm\",\"0\",\"2500\"\n"
    "\"2\",\"812\",\"sgemm\",\"0\",\"500\"\n";

TEST(Ncu, KernelsAddUpByName) {
  const auto table = ReadNcuCsv(kCsv);
  ASSERT_TRUE(table.ok()) << table.status();
  ASSERT_EQ(table->size(), 2u);
  EXPECT_EQ(table->at({"", "sgemm"}).count, 2);
  EXPECT_DOUBLE_EQ(table->at({"", "sgemm"}).total_s, 3e-6);
  EXPECT_DOUBLE_EQ(table->at({"", "void add<float, \"x\">(int, float*)"}).total_s, 1.5e-6);
}

TEST(Ncu, OtherTablesAreRefused) {
  std::string other = kCsv;
  other.replace(other.find("\"ns\""), 4, "\"us\"");
  EXPECT_THAT(std::string(ReadNcuCsv(other).status().message()), HasSubstr("\"us\""));
  EXPECT_TRUE(absl::IsDataLoss(ReadNcuCsv("==ERROR== nothing\n").status()));
  EXPECT_TRUE(absl::IsDataLoss(ReadNcuCsv("\"ID\",\"Name\"\n\"\",\"\"\n").status()));
  std::string cut = kCsv;
  cut.resize(cut.rfind(",\"500\""));
  EXPECT_TRUE(absl::IsDataLoss(ReadNcuCsv(cut).status()));
}

TEST(Ncu, LooksAtTheKernelsWithinTheCapturedRangeOnly) {
  const auto command = NcuCommand("/opt/ncu", "/runs/a");
  EXPECT_EQ(command.front(), "/opt/ncu");
  EXPECT_THAT(command, Contains("bench@profiled/"));
  EXPECT_THAT(command, Contains("/runs/a/profile"));
}

TEST(Ncu, WithoutAReportTheRunHadNoKernels) {
  const TempFolder temp;
  const auto finished = FinishNcu("/bin/false", temp.path());
  EXPECT_TRUE(absl::IsUnavailable(finished.status())) << finished.status();
  EXPECT_THAT(std::string(finished.status().message()), HasSubstr("no kernel"));
}

}  // namespace
}  // namespace bench::harness
