#include "results/exports/jsonl.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "tests/results/sample_record.h"

namespace bench::results {
namespace {

using Json = nlohmann::json;

std::vector<Json> Lines(const RunRecord& record) {
  std::istringstream text(ExportJsonl(record));
  std::vector<Json> lines;
  for (std::string line; std::getline(text, line);) lines.push_back(Json::parse(line));
  return lines;
}

TEST(ExportJsonl, BeginsWithWhatTheRunWas) {
  const Json header = Lines(SampleRecord()).front();
  EXPECT_EQ(header["format"], "bench-export");
  EXPECT_EQ(header["format_version"], 1);
  EXPECT_EQ(header["experiment"], "sft_small");
  EXPECT_EQ(header["version"], 3);
  EXPECT_EQ(header["status"], "complete");
  EXPECT_EQ(header["strict"], true);
  EXPECT_EQ(header["provenance"]["memory_gib"], 23.5);
  EXPECT_EQ(header["inputs"]["data"], std::string(64, '1'));
  EXPECT_EQ(header["notes"]["accepted"], false);
}

TEST(ExportJsonl, LeavesOutWhatIsNotThere) {
  RunRecord record;
  record.summary["loss"] = {Info(kLoss, "zh"), 2.5};
  const std::vector<Json> lines = Lines(record);
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_FALSE(lines[0].contains("version"));
  EXPECT_EQ(lines[1], Json({{"kind", "summary"},
                            {"metric", "loss"},
                            {"label", "zh"},
                            {"units", "nats/token"},
                            {"value", 2.5}}));
}

TEST(ExportJsonl, HasALineForEachNumber) {
  EXPECT_EQ(Lines(SampleRecord()).size(), 1u + 33u);  // counted in export_rows_test.cc
}

TEST(ExportJsonl, WhatIsNotFiniteIsText) {
  const double infinity = std::numeric_limits<double>::infinity();
  RunRecord record;
  record.steps["loss"] = {Info(kLoss), {1, 2, 3}, {1, 2, 3}, {1, 2, 3}, {}};
  record.steps["loss"].value = {std::nan(""), infinity, -infinity};
  const std::vector<Json> lines = Lines(record);
  EXPECT_EQ(lines[1]["value"], "NaN");
  EXPECT_EQ(lines[2]["value"], "Infinity");
  EXPECT_EQ(lines[3]["value"], "-Infinity");
}

}  // namespace
}  // namespace bench::results
