#include "harness/corpus/duplicate_samples.h"

#include <gtest/gtest.h>

#include "tests/support/temp_folder.h"

namespace bench::corpus {
namespace {

// Five documents of one text, seen in two shards: four are removed, the smallest id survives.
TEST(DuplicateSamples, ShowsRemovedDocumentsWithTheirSurvivorWhateverTheShards) {
  const TempFolder folder;
  std::vector<Document> documents;
  for (int i = 0; i < 5; ++i) {
    documents.push_back({"file" + std::to_string(i) + "#1", "one text", "s", "en"});
  }
  const ShuffleFiles files = ExactFiles(folder.path(), 1, 1);
  auto writer = ShuffleWriter<ExactRecord>::Create(files, 0, 1 << 20);
  for (const Document& document : documents) {
    ASSERT_TRUE(writer->Add(ExactRecordOf(document)).ok());
  }
  ASSERT_TRUE(writer->Finish().ok());
  ASSERT_EQ(*RemoveExactDuplicates(files, 0, 1 << 20), 4);
  const auto exact = ExactRemovals::Open(files);
  ASSERT_TRUE(exact.ok());

  std::sort(documents.begin(), documents.end(),
            [](const Document& a, const Document& b) { return IdDigest(a) < IdDigest(b); });
  for (const size_t split : {0, 1, 3, 5}) {
    DuplicateSamples left, right;
    left.Choose(&*exact, nullptr, 2);
    right = left;
    for (size_t i = 0; i < documents.size(); ++i) {
      // The largest first, so that the survivor is not simply the first.
      (i < split ? left : right).See(documents[documents.size() - 1 - i]);
    }
    right.See({"other#1", "another text", "s", "en"});
    left.Merge(right);
    const auto samples = left.Samples();
    ASSERT_EQ(samples.size(), 2u) << split;
    for (size_t i = 0; i < 2; ++i) {
      EXPECT_EQ(samples[i].step, "exact_duplicates");
      EXPECT_EQ(samples[i].survivor.id, documents[0].id);
      EXPECT_EQ(samples[i].removed.id, documents[i + 1].id);
      EXPECT_EQ(samples[i].removed.text, "one text");
    }
  }
}

TEST(DuplicateSamples, WithoutRemovalsThereIsNothingToShow) {
  DuplicateSamples samples;
  samples.Choose(nullptr, nullptr, 5);
  samples.See({"a#1", "text", "s", "en"});
  EXPECT_TRUE(samples.Samples().empty());
}

}  // namespace
}  // namespace bench::corpus
