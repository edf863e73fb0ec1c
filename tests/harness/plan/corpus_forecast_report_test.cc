#include "harness/plan/corpus_forecast_report.h"

#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "base/json.h"

namespace bench::harness {
namespace {

class CorpusForecastReportTest : public testing::Test {
 protected:
  CorpusForecastReportTest() {
    loaded_.name = "web";
    loaded_.version = 2;
    rates_.machine = "a machine";
    rates_.input = "2 GiB of pages";
    CorpusForecast forecast{.ranks = 1000,
                            .hours = 12.5,
                            .disk_bytes = 3e12,
                            .num_shards = 16000,
                            .num_partitions = 1024,
                            .num_files = 2.5e7};
    forecast.phases = {{"read and filter", false, 12, 5e12, 4e12, 0},
                       {"clusters", true, 0.5, 1, 2, 3}};
    forecasts_.by_ranks = {forecast};
  }

  LoadedDefinition loaded_;
  CorpusSpec spec_;
  CorpusRates rates_;
  CorpusForecastRequest request_ = {spec_, rates_, 5e12, 4000, 2, 2e10};
  CorpusForecasts forecasts_ = {loaded_, request_, {}};
};

TEST_F(CorpusForecastReportTest, TextSaysWhatRatesAreFromAndWhatRank0DoesAlone) {
  const std::string text = ForecastText(forecasts_);
  for (const char* part :
       {"web@2", "2 GiB of pages,\non a machine", "20 GB/s", "1000", "12.5", "phases on 1000 ranks",
        "2.5e+07 (16000 shards, 1024 partitions)", "by rank 0 alone: fetching"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
  }
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    EXPECT_LE(line.size(), 100u) << line;
    const bool alone = absl::EndsWith(line, "rank 0 alone");
    EXPECT_EQ(alone, line.find("clusters") == 0) << line;
  }
}

TEST_F(CorpusForecastReportTest, JsonHoldsEveryFigure) {
  const auto json = ParseJsonObject(ForecastJson(forecasts_));
  ASSERT_TRUE(json.ok()) << json.status();
  EXPECT_EQ((*json)["format"], "bench-corpus-plan");
  EXPECT_EQ((*json)["shared_bytes_per_s"], 2e10);
  const nlohmann::json& plan = (*json)["plans"][0];
  EXPECT_EQ(plan["ranks"], 1000);
  EXPECT_EQ(plan["disk_bytes"], 3e12);
  EXPECT_EQ(plan["shards"], 16000);
  EXPECT_EQ(plan["partitions"], 1024);
  EXPECT_EQ(plan["files"], 2.5e7);
  EXPECT_EQ(plan["phases"][1]["by_rank_0"], true);
  EXPECT_EQ(plan["phases"][1]["exchanged_bytes"], 3);
  request_.shared_bytes_per_s.reset();
  EXPECT_TRUE((*ParseJsonObject(ForecastJson(forecasts_)))["shared_bytes_per_s"].is_null());
}

}  // namespace
}  // namespace bench::harness
