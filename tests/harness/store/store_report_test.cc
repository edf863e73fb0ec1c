#include "harness/store/store_report.h"

#include "gtest/gtest.h"

namespace bench::harness {
namespace {

TEST(BytesText, HasThreeDigitsInBinaryUnits) {
  EXPECT_EQ(BytesText(0), "0 B");
  EXPECT_EQ(BytesText(999), "999 B");
  EXPECT_EQ(BytesText(1000), "0.98 KiB");  // 1000 / 1024 = 0.977
  EXPECT_EQ(BytesText(1536), "1.50 KiB");
  EXPECT_EQ(BytesText(int64_t{12'900'000}), "12.3 MiB");  // / 2^20 = 12.302
  EXPECT_EQ(BytesText(int64_t{123} << 30), "123 GiB");
  EXPECT_EQ(BytesText(int64_t{5000} << 40), "5000 TiB");
}

TEST(StoreReport, ListsTheLargestFirstWithReasonsAndTheSum) {
  const std::vector<StoreEntry> entries = {
      {"runs/a@1/1", "a@1", 1024, std::nullopt},
      {"runs/a@1/1/checkpoints", "a@1", 4096, PruneReason::kRunComplete},
      {"objects/d", "a@1", 512, std::nullopt, "/elsewhere/run"},
      {"staging/x", "", 2048, PruneReason::kUnfinished}};
  EXPECT_EQ(StoreReport(entries, "in here"),
            " 4.00 KiB  runs/a@1/1/checkpoints  a@1  (prunable: its run is complete)\n"
            " 2.00 KiB  staging/x  (prunable: unfinished work)\n"
            " 1.00 KiB  runs/a@1/1  a@1\n"
            "    512 B  objects/d  a@1  (kept for the run in /elsewhere/run)\n"
            " 7.50 KiB  in here, of these 6.00 KiB prunable\n");
}

TEST(StoreReport, SaysWhatToDoAboutRunsThatAreNotFound) {
  const std::vector<StoreEntry> entries = {
      {"objects/d", "", 512, std::nullopt, "/gone", RunPresence::kNotFound}};
  const std::string report = StoreReport(entries, "in here");
  EXPECT_NE(report.find("objects/d  (kept for a run that is not found in /gone)\n"),
            std::string::npos)
      << report;
  EXPECT_NE(report.find("--store remember DIR"), std::string::npos) << report;
  EXPECT_NE(report.find("--store forget DIR"), std::string::npos) << report;
}

TEST(StoreReport, EscapesWhatATerminalWouldObey) {
  const std::string report = StoreReport({{"runs/\x1b[2J", "", 1, std::nullopt}}, "in here");
  EXPECT_EQ(report.find('\x1b'), std::string::npos) << report;
}

}  // namespace
}  // namespace bench::harness
