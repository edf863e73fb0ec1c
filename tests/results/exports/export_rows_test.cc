#include "results/exports/export_rows.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "tests/results/sample_record.h"

namespace bench::results {
namespace {

std::map<std::string, std::vector<ExportRow>> RowsByKind(const RunRecord& record) {
  std::map<std::string, std::vector<ExportRow>> rows;
  ForEachExportRow(record,
                   [&](const ExportRow& row) { rows[std::string(Name(row.kind))].push_back(row); });
  return rows;
}

// Counted by hand from sample_record.h.
TEST(ExportRows, HasEveryNumberOfTheRecord) {
  const RunRecord record = SampleRecord();
  const auto rows = RowsByKind(record);
  EXPECT_EQ(rows.at("steps").size(), 7u);    // 3 losses, 3 learning rates, 1 gradient norm
  EXPECT_EQ(rows.at("evals").size(), 2u);    // the whole and one task
  EXPECT_EQ(rows.at("ranges").size(), 14u);  // forward 3 x 3; evaluate 2 counts, 2 times, 1 device
  EXPECT_EQ(rows.at("samples").size(), 3u);
  EXPECT_EQ(rows.at("ranks").size(), 4u);
  EXPECT_EQ(rows.at("summary").size(), 3u);
}

TEST(ExportRows, AStepHasItsPlaceAndASummaryHasNone) {
  const RunRecord record = SampleRecord();
  const auto rows = RowsByKind(record);
  const ExportRow& step = rows.at("steps").back();
  EXPECT_EQ(step.metric, "loss");
  EXPECT_EQ(step.units, "nats/token");
  EXPECT_EQ(step.step, 3);
  EXPECT_EQ(step.tokens, 300);
  EXPECT_EQ(step.wall_time_s, 1.5);
  EXPECT_EQ(step.value, 4.125);
  const ExportRow& summary = rows.at("summary").front();
  EXPECT_EQ(summary.metric, "exact_match");
  EXPECT_EQ(summary.label, "zh_hant/50%");
  EXPECT_FALSE(summary.step || summary.tokens || summary.wall_time_s || summary.rank);
}

TEST(ExportRows, ARankSaysWhich) {
  const RunRecord record = SampleRecord();
  const auto rows = RowsByKind(record);
  EXPECT_EQ(rows.at("ranks").front().rank, 0);
  EXPECT_EQ(rows.at("ranks").back().rank, 11);
}

TEST(ExportRows, WhatWasNotMeasuredIsNoRow) {
  const RunRecord record = SampleRecord();
  const auto rows = RowsByKind(record);
  std::vector<int64_t> steps;
  for (const ExportRow& row : rows.at("ranges")) {
    if (row.metric == "device_s" && row.label == "evaluate/generate") steps.push_back(*row.step);
  }
  EXPECT_EQ(steps, std::vector<int64_t>{3});  // that of step 1 was not measured
}

}  // namespace
}  // namespace bench::results
