#include "harness/corpus/near_dedup.h"

#include <gtest/gtest.h>
#include <malloc.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <new>
#include <thread>

#include "base/status.h"
#include "tests/harness/corpus/dedup_texts.h"
#include "tests/harness/corpus/live_bytes.h"
#include "tests/support/temp_folder.h"

using bench::corpus::g_live_bytes;
using bench::corpus::g_peak_bytes;

void* operator new(size_t size) {
  void* const memory = std::malloc(size);
  if (memory == nullptr) throw std::bad_alloc();
  const int64_t live = g_live_bytes += static_cast<int64_t>(::malloc_usable_size(memory));
  for (int64_t peak = g_peak_bytes;
       live > peak && !g_peak_bytes.compare_exchange_weak(peak, live);) {
  }
  return memory;
}
void operator delete(void* memory) noexcept {
  g_live_bytes -= static_cast<int64_t>(::malloc_usable_size(memory));
  std::free(memory);
}
void operator delete(void* memory, size_t) noexcept { ::operator delete(memory); }

namespace bench::corpus {
namespace {

struct JobShape {
  int num_shards = 1;
  int num_partitions = 1;
  int64_t budget_bytes = int64_t{1} << 24;
};

void WriteShard(const ShuffleFiles& files, int shard, const std::vector<std::string>& texts,
                const JobShape& run) {
  auto writer = BandWriter::Create(files, shard, {}, run.budget_bytes);
  ASSERT_TRUE(writer.ok());
  for (size_t i = static_cast<size_t>(shard); i < texts.size();
       i += static_cast<size_t>(run.num_shards)) {
    ASSERT_TRUE(writer->Add({"", texts[i], "s", "en"}).ok());
  }
  ASSERT_TRUE(writer->Finish().ok());
}

// Removed text -> survivor's digest; the shards of phase 1 run at the same time.
std::map<std::string, Digest128> Removed(const std::vector<std::string>& texts,
                                         const JobShape& run = {}) {
  const TempFolder folder;
  const ShuffleFiles files = NearFiles(folder.path(), run.num_shards, run.num_partitions);
  std::vector<std::thread> threads;
  for (int shard = 0; shard < run.num_shards; ++shard) {
    threads.emplace_back([&, shard] { WriteShard(files, shard, texts, run); });
  }
  for (std::thread& thread : threads) thread.join();
  for (int partition = 0; partition < run.num_partitions; ++partition) {
    EXPECT_TRUE(MatchBands(files, partition, run.budget_bytes).ok());
  }
  const auto found = ClusterMatches(files, run.budget_bytes);
  EXPECT_TRUE(found.ok()) << found.status();
  const auto removals = NearRemovals::Open(*found);
  EXPECT_TRUE(removals.ok()) << removals.status();
  std::map<std::string, Digest128> removed;
  for (const std::string& text : texts) {
    const auto survivor = removals->SurvivorOver(DigestOf(text));
    if (survivor) removed[text] = *survivor;
  }
  EXPECT_EQ(removals->num_removed(), static_cast<int64_t>(removed.size()));
  return removed;
}

TEST(NearDedup, PairsAreFoundAsTheSCurveSays) {
  constexpr int kPairs = 1000;
  harness::Random random(23);
  for (const size_t num_shared : {100u, 140u, 150u, 160u, 170u}) {
    std::vector<std::string> texts;
    for (int i = 0; i < kPairs; ++i) {
      const auto [a, b] = PairWithJaccard(random, num_shared);
      texts.push_back(a);
      texts.push_back(b);
    }
    const double s = static_cast<double>(num_shared) / 200;
    const double p = 1 - std::pow(1 - std::pow(s, 8), 14);
    const double rate = static_cast<double>(Removed(texts).size()) / kPairs;
    EXPECT_NEAR(rate, p, 4 * std::sqrt(p * (1 - p) / kPairs)) << s;  // four standard deviations
  }
}

// 30 clusters of 2 to 6 texts that differ in one word each, and 60 texts of their own.
struct Planted {
  std::vector<std::vector<std::string>> clusters;
  std::vector<std::string> singles;
  std::vector<std::string> all;
};

Planted PlantClusters() {
  harness::Random random(31);
  Planted planted;
  for (int i = 0; i < 30; ++i) {
    const auto words = RandomWords(random, 300);
    std::vector<std::string> cluster;
    for (uint64_t copy = 0; copy < 2 + random.Below(5); ++copy) {
      auto changed = words;
      changed[random.Below(300)] = RandomWords(random, 1)[0];
      cluster.push_back(Joined(changed));
    }
    planted.clusters.push_back(cluster);
    planted.all.insert(planted.all.end(), cluster.begin(), cluster.end());
  }
  for (int i = 0; i < 60; ++i)
    planted.singles.push_back(Joined(RandomWords(random, 4 + random.Below(100))));
  planted.all.insert(planted.all.end(), planted.singles.begin(), planted.singles.end());
  return planted;
}

TEST(NearDedup, PlantedClustersLeaveTheirSmallestDigestOnly) {
  const Planted planted = PlantClusters();
  const auto removed = Removed(planted.all);
  size_t num_expected = 0;
  for (const auto& cluster : planted.clusters) {
    Digest128 smallest = DigestOf(cluster[0]);
    for (const std::string& text : cluster) smallest = std::min(smallest, DigestOf(text));
    for (const std::string& text : cluster) {
      EXPECT_EQ(removed.contains(text), DigestOf(text) != smallest);
      if (removed.contains(text)) {
        EXPECT_EQ(removed.at(text), smallest);
      }
    }
    num_expected += cluster.size() - 1;
  }
  EXPECT_EQ(removed.size(), num_expected);  // and none of the singles
}

TEST(NearDedup, OrderShardsThreadsPartitionsAndBudgetDoNotMatter) {
  std::vector<std::string> texts = PlantClusters().all;
  const auto expected = Removed(texts);
  std::reverse(texts.begin(), texts.end());
  for (const JobShape& run : {JobShape{1, 1}, JobShape{4, 1}, JobShape{3, 5}, JobShape{2, 3, 1}}) {
    EXPECT_EQ(Removed(texts, run), expected) << run.num_shards << ' ' << run.num_partitions;
  }
}

TEST(NearDedup, DocumentsUnderFiveWordsAreNeverRemoved) {
  EXPECT_TRUE(Removed({"one two three four", "one two three four.", "One Two Three Four"}).empty());
  EXPECT_EQ(
      Removed({"one two three four five", "one two three four five.", "One two three four five"})
          .size(),
      2u);
}

TEST(NearDedup, MemoryStaysWithinTheBudgetOnALargerInput) {
  const TempFolder folder;
  constexpr int64_t kBudget = int64_t{4} << 20;
  constexpr int kRecords = 1'500'000;  // 36 MB
  const ShuffleFiles files = NearFiles(folder.path(), 1, 1);
  auto writer = ShuffleWriter<BandRecord>::Create(files, 0, kBudget);
  harness::Random random(1);
  for (int i = 0; i < kRecords; ++i) {  // half of the keys meet another
    ASSERT_TRUE(writer->Add({random.Below(kRecords), {random.Next(), 0}}).ok());
  }
  ASSERT_TRUE(writer->Finish().ok());
  absl::StatusOr<ShuffleFiles> found;
  const int64_t peak = PeakBytesOf([&]() -> absl::Status {
    BENCH_RETURN_IF_ERROR(MatchBands(files, 0, kBudget));
    found = ClusterMatches(files, kBudget);
    return found.status();
  });
  ASSERT_TRUE(found.ok());
  // The budget, and the fixed buffers of open files.
  EXPECT_LT(peak, kBudget + 4 * kRecordBufferBytes);
  EXPECT_GT(peak, kBudget / 2);  // the counter works
  EXPECT_GT(NearRemovals::Open(*found)->num_removed(), kRecords / 4);
}

}  // namespace
}  // namespace bench::corpus
