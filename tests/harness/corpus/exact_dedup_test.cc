#include "harness/corpus/exact_dedup.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "harness/determinism/random.h"
#include "tests/support/temp_folder.h"

namespace bench::corpus {
namespace {

std::vector<Document> Documents() {  // 500 with 120 texts
  harness::Random random(4);
  std::vector<Document> documents;
  for (int i = 0; i < 500; ++i) {
    documents.push_back(
        {DocumentId("f", i + 1), "text " + std::to_string(random.Below(120)), "s", "en"});
  }
  return documents;
}

std::set<std::string> Kept(const std::vector<Document>& documents, int num_shards,
                           int num_partitions, int64_t budget, int64_t* num_removed) {
  const TempFolder folder;
  const ShuffleFiles files = ExactFiles(folder.path(), num_shards, num_partitions);
  for (int shard = 0; shard < num_shards; ++shard) {
    auto writer = ShuffleWriter<ExactRecord>::Create(files, shard, budget);
    EXPECT_TRUE(writer.ok());
    for (size_t i = static_cast<size_t>(shard); i < documents.size();
         i += static_cast<size_t>(num_shards)) {
      EXPECT_TRUE(writer->Add(ExactRecordOf(documents[i])).ok());
    }
    EXPECT_TRUE(writer->Finish().ok());
  }
  *num_removed = 0;
  for (int partition = 0; partition < num_partitions; ++partition) {
    *num_removed += *RemoveExactDuplicates(files, partition, budget);
  }
  const auto removals = ExactRemovals::Open(files);
  EXPECT_TRUE(removals.ok()) << removals.status();
  std::set<std::string> kept;
  for (const Document& document : documents) {
    if (!removals->Contains(document)) kept.insert(document.id);
  }
  return kept;
}

TEST(ExactDedup, KeepsTheSmallestIdOfEveryText) {
  const std::vector<Document> documents = Documents();
  std::map<std::string, std::pair<Digest128, std::string>> smallest;
  for (const Document& d : documents) {
    const std::pair<Digest128, std::string> entry = {IdDigest(d), d.id};
    const auto [found, is_new] = smallest.try_emplace(d.text, entry);
    if (!is_new) found->second = std::min(found->second, entry);
  }
  std::set<std::string> expected;
  for (const auto& [text, entry] : smallest) expected.insert(entry.second);
  int64_t num_removed = 0;
  EXPECT_EQ(Kept(documents, 1, 1, 1 << 20, &num_removed), expected);
  EXPECT_EQ(num_removed, static_cast<int64_t>(documents.size() - expected.size()));
}

TEST(ExactDedup, OrderShardsPartitionsAndBudgetDoNotMatter) {
  std::vector<Document> documents = Documents();
  int64_t num_removed = 0, again = 0;
  const auto expected = Kept(documents, 1, 1, 1 << 20, &num_removed);
  std::reverse(documents.begin(), documents.end());
  EXPECT_EQ(Kept(documents, 3, 5, 1, &again), expected);
  EXPECT_EQ(again, num_removed);
}

}  // namespace
}  // namespace bench::corpus
