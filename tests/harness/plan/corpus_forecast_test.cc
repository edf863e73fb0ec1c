#include "harness/plan/corpus_forecast.h"

#include <gtest/gtest.h>

#include "base/status.h"

namespace bench::harness {
namespace {

// Of 1,000 bytes of files: 1,000 bytes of text in 10 documents; every phase takes an hour.
CorpusRates Rates() {
  CorpusRates rates{.input_bytes = 1000, .text_bytes = 1000, .documents = 10, .program_bytes = 64};
  for (const char* phase :
       {"read and filter", "equal documents", "signatures", "similar documents", "clusters",
        "suffixes", "repeated substrings", "clean", "tokenise", "data set", "held-out check"}) {
    rates.phases.push_back({phase, 3600, 1000, 500});
  }
  return rates;
}

CorpusForecast Forecast(const CorpusSpec& spec, int64_t ranks,
                        std::optional<double> shared = std::nullopt, double document_bytes = 100) {
  const CorpusRates rates = Rates();
  const auto forecast = ForecastCorpus({spec, rates, 4000, document_bytes, 2, shared}, ranks);
  EXPECT_TRUE(forecast.ok()) << forecast.status();
  return *forecast;
}

TEST(CorpusForecast, WhatIsSpreadIsDividedAndRank0DoesTheRest) {
  // Seven phases of 4 hours over 2 threads, two by one.
  EXPECT_DOUBLE_EQ(Forecast({}, 1).hours, 7 * 4 / 2.0 + 2 * 4);
  EXPECT_DOUBLE_EQ(Forecast({}, 10).hours, 7 * 4 / 20.0 + 2 * 4);
  CorpusSpec spec;
  spec.near.enabled = false;
  EXPECT_DOUBLE_EQ(Forecast(spec, 10).hours, 5 * 4 / 20.0 + 4);
  spec.substrings.enabled = true;
  EXPECT_DOUBLE_EQ(Forecast(spec, 10).hours, 6 * 4 / 20.0 + 8);
}

TEST(CorpusForecast, SmallerDocumentsAreMoreRecords) {
  // Twice as many: equal and similar documents, and clusters.
  EXPECT_DOUBLE_EQ(Forecast({}, 1, std::nullopt, 50).hours, 5 * 2 + 4 + 2 * (2 * 2 + 4));
}

TEST(CorpusForecast, ASlowSharedFolderSetsThePace) {
  // 6,000 bytes a phase: at one a second 6,000 s, more than any phase of 100 ranks but rank 0's.
  EXPECT_DOUBLE_EQ(Forecast({}, 100, 1.0).hours, 7 * 6000 / 3600.0 + 8);
}

TEST(CorpusForecast, OneRankExchangesNothing) {
  EXPECT_EQ(Forecast({}, 1).exchanged_bytes, 0);
  // Five phases read what all wrote, of which three quarters are others'.
  EXPECT_DOUBLE_EQ(Forecast({}, 4).exchanged_bytes, 5 * 4000 * 0.75);
  EXPECT_DOUBLE_EQ(Forecast({}, 4).read_bytes, 9 * 4000);
  EXPECT_DOUBLE_EQ(Forecast({}, 4).written_bytes, 9 * 2000);
}

TEST(CorpusForecast, MemoryIsTheBudgetTheProgramAndABufferAShard) {
  CorpusSpec spec;
  spec.budget_mib = 1;
  EXPECT_EQ(Forecast(spec, 1).rank_memory_bytes, (1 << 20) + 64 + 4096 * 8 * 2);
  EXPECT_EQ(Forecast(spec, 10).rank_memory_bytes, (1 << 20) + 64 + 4096 * 80 * 2);
}

TEST(CorpusForecast, DiskIsTheFullestMoment) {
  // The prepared texts and twice the signatures, 2,000 bytes each.
  EXPECT_EQ(Forecast({}, 3).disk_bytes, 6000);
}

TEST(CorpusForecast, APhaseThatWasNotMeasuredIsNotGuessed) {
  CorpusSpec spec;
  spec.paragraphs.enabled = true;
  const CorpusRates rates = Rates();
  const absl::Status status = ForecastCorpus({spec, rates, 1, 1, 1, {}}, 1).status();
  EXPECT_EQ(ExitCodeFor(status), ExitCode::kUsage);
  EXPECT_NE(status.message().find("\"lines\""), std::string::npos) << status;
}

}  // namespace
}  // namespace bench::harness
