#include "harness/plan/corpus_forecast.h"

#include <gtest/gtest.h>

#include "base/status.h"

namespace bench::harness {
namespace {

// Of 1,000 bytes of files: 1,000 bytes of text in 10 documents; every phase takes an hour.
CorpusRates Rates() {
  CorpusRates rates{.input_bytes = 1000, .text_bytes = 1000, .documents = 10, .program_bytes = 64};
  for (const char* phase :
       {"digest of the input", "read and filter", "equal documents", "signatures",
        "similar documents", "clusters", "anchors", "repeated anchors", "passages",
        "repeated substrings", "removed substrings", "clean", "tokenise", "data set",
        "held-out check"}) {
    rates.phases.push_back({phase, 3600, 1000, 500});
  }
  return rates;
}

CorpusForecast Forecast(const CorpusSpec& spec, int64_t ranks,
                        std::optional<double> shared = std::nullopt, double document_bytes = 100,
                        int64_t threads = 2) {
  const CorpusRates rates = Rates();
  const auto forecast = ForecastCorpus({spec, rates, 4000, document_bytes, threads, shared}, ranks);
  EXPECT_TRUE(forecast.ok()) << forecast.status();
  return *forecast;
}

TEST(CorpusForecast, WhatIsSpreadIsDividedAndRank0DoesTheRest) {
  // Nine phases of 4 hours over 2 threads; the data set is one part.
  EXPECT_DOUBLE_EQ(Forecast({}, 1).hours, 9 * 4 / 2.0 + 4);
  // The digest, four phases of 80 shards, and 20 partitions of clusters over 20 threads; three
  // phases of 32 partitions: 4 a rank, 2 after each other by a thread.
  EXPECT_DOUBLE_EQ(Forecast({}, 10).hours, 6 * 4 / 20.0 + 3 * 4 * 2 / 32.0 + 4);
  CorpusSpec spec;
  spec.near.enabled = false;
  EXPECT_DOUBLE_EQ(Forecast(spec, 10).hours, 4 * 4 / 20.0 + 2 * 4 * 2 / 32.0 + 4);
  // Three phases of shards and two of partitions more.
  spec.substrings.enabled = true;
  EXPECT_DOUBLE_EQ(Forecast(spec, 10).hours, 7 * 4 / 20.0 + 4 * 4 * 2 / 32.0 + 4);
}

TEST(CorpusForecast, NothingIsRank0sAloneWhereItIsTheOnlyOne) {
  const CorpusForecast one = Forecast({}, 1), many = Forecast({}, 10);
  for (const PhaseForecast& phase : one.phases) EXPECT_FALSE(phase.by_rank_0) << phase.phase;
  for (const PhaseForecast& phase : many.phases) {
    EXPECT_EQ(phase.by_rank_0, phase.phase == "data set") << phase.phase;
  }
}

TEST(CorpusForecast, TheRoundsOfAPhaseAreItsRateTogether) {
  CorpusRates rates = Rates();
  const CorpusSpec spec;
  const auto clusters_of = [&]() -> PhaseForecast {
    const auto forecast = ForecastCorpus({spec, rates, 4000, 100, 2, {}}, 1);
    for (const PhaseForecast& phase : forecast->phases) {
      if (phase.phase == "clusters") return phase;
    }
    return {};
  };
  const double hours = clusters_of().hours;
  EXPECT_DOUBLE_EQ(hours, 2);  // over 2 threads
  rates.phases.push_back({"clusters 1 large", 3600, 10, 20});
  rates.phases.push_back({"clusters 1 small", 1800, 30, 40});
  EXPECT_DOUBLE_EQ(clusters_of().hours, 2 * (1 + 1 + 0.5));
  EXPECT_DOUBLE_EQ(clusters_of().read_bytes, 4 * (1000 + 10 + 30));
  EXPECT_DOUBLE_EQ(clusters_of().written_bytes, 4 * (500 + 20 + 40));
}

TEST(CorpusForecast, WorkersWithoutAPartDoNothing) {
  // 1,000 ranks of 4 threads: 16,000 shards, 4 for each of them; 1,024 partitions, of which a rank
  // has 2 at most, for 2 of its threads.
  const CorpusForecast many = Forecast({}, 1000, std::nullopt, 100, 4);
  EXPECT_EQ(many.num_shards, 16000);
  EXPECT_EQ(many.num_partitions, 1024);
  EXPECT_DOUBLE_EQ(many.hours, 5 * 4 / 4000.0 + 4 * 4 / 1024.0 + 4);
  // One rank of 64 threads has the 8 shards and partitions of the specification, of clusters too;
  // files are many.
  const CorpusForecast one = Forecast({}, 1, std::nullopt, 100, 64);
  EXPECT_EQ(one.num_shards, 8);
  EXPECT_EQ(one.num_partitions, 8);
  EXPECT_EQ(one.num_cluster_partitions, 8);
  EXPECT_DOUBLE_EQ(one.hours, 4 / 64.0 + 8 * 4 / 8.0 + 4);
}

TEST(CorpusForecast, AnExchangeIsAFileOfEachShardForEachPartition) {
  // Ten phases, and records and what is made of each part. Two exchanges of partitions with each
  // other are more files than one of as many shards.
  EXPECT_EQ(Forecast({}, 1).num_files, 2 * 8 * 8 + 10 * (8 + 8));
  EXPECT_EQ(Forecast({}, 1000, std::nullopt, 100, 4).num_files,
            16000.0 * 1024 + 10 * (16000 + 1024));
  CorpusSpec spec;
  spec.near.enabled = false;
  EXPECT_EQ(Forecast(spec, 1).num_files, 8 * 8 + 7 * (8 + 8));
  // Partitions answer the shards.
  spec.substrings.enabled = true;
  EXPECT_EQ(Forecast(spec, 1).num_files, 2 * 8 * 8 + 12 * (8 + 8));
}

TEST(CorpusForecast, PartitionsOfLinesAnswerPartitions) {
  CorpusRates rates = Rates();
  for (const char* phase : {"lines", "repeated lines", "removed lines"}) {
    rates.phases.push_back({phase, 3600, 1000, 500});
  }
  CorpusSpec spec;
  spec.near.enabled = false;
  spec.paragraphs.enabled = true;
  const auto num_files = [&]() -> double {
    const auto forecast = ForecastCorpus({spec, rates, 4000, 100, 2, {}}, 10);
    EXPECT_TRUE(forecast.ok()) << forecast.status();
    return forecast->num_files;
  };
  // Ten phases of 80 shards or 32 partitions.
  EXPECT_EQ(num_files(), 80 * 32 + 32 * 32 + 10 * (80 + 32));
  // Partitions of substrings answer the shards, which are more.
  spec.substrings.enabled = true;
  EXPECT_EQ(num_files(), 2 * 80 * 32 + 15 * (80 + 32));
}

TEST(CorpusForecast, MoreShardsThanCanBeCountedAreRefused) {
  const CorpusRates rates = Rates();
  const CorpusSpec spec;
  const absl::Status status = ForecastCorpus({spec, rates, 4000, 100, 1024, {}}, 1000000).status();
  EXPECT_EQ(ExitCodeFor(status), ExitCode::kUsage) << status;
}

TEST(CorpusForecast, SmallerDocumentsAreMoreRecords) {
  // Twice as many: equal and similar documents, and clusters.
  EXPECT_DOUBLE_EQ(Forecast({}, 1, std::nullopt, 50).hours, 6 * 2 + 4 + 3 * (2 * 2));
}

TEST(CorpusForecast, ASlowSharedFolderSetsThePace) {
  // 6,000 bytes a phase: at one a second 6,000 s, more than any phase of 100 ranks but rank 0's.
  EXPECT_DOUBLE_EQ(Forecast({}, 100, 1.0).hours, 9 * 6000 / 3600.0 + 4);
}

TEST(CorpusForecast, OneRankExchangesNothing) {
  EXPECT_EQ(Forecast({}, 1).exchanged_bytes, 0);
  // Five phases read what all wrote, of which three quarters are others'.
  EXPECT_DOUBLE_EQ(Forecast({}, 4).exchanged_bytes, 5 * 4000 * 0.75);
  EXPECT_DOUBLE_EQ(Forecast({}, 4).read_bytes, 10 * 4000);
  EXPECT_DOUBLE_EQ(Forecast({}, 4).written_bytes, 10 * 2000);
}

TEST(CorpusForecast, MemoryIsTheBudgetTheProgramAndABufferAShard) {
  CorpusSpec spec;
  spec.budget_mib = 1;
  EXPECT_EQ(Forecast(spec, 1).rank_memory_bytes, (1 << 20) + 64 + 4096 * 8 * 2);
  EXPECT_EQ(Forecast(spec, 10).rank_memory_bytes, (1 << 20) + 64 + 4096 * 80 * 2);
}

TEST(CorpusForecast, DiskIsTheFullestMoment) {
  // The prepared texts and twice the signatures, 2,000 bytes each; or the prepared texts and what
  // compressed files unpack to, 4,000 bytes of text.
  EXPECT_EQ(Forecast({}, 3).disk_bytes, 6000);
  CorpusRates rates = Rates();
  rates.text_bytes = 5000;
  const CorpusSpec spec;
  EXPECT_EQ(ForecastCorpus({spec, rates, 4000, 100, 2, {}}, 3)->disk_bytes, 20000 + 2000);
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
