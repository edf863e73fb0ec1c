#include "harness/corpus/paragraph_dedup.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/str_split.h"
#include "tests/harness/corpus/dedup_texts.h"
#include "tests/support/temp_folder.h"

namespace bench::corpus {
namespace {

Document Make(std::string text) { return {"", std::move(text), "s", "en"}; }

std::map<std::string, std::string> KeptTexts(const std::vector<Document>& documents, int num_shards,
                                             int num_partitions, int64_t budget) {
  const TempFolder folder;
  const ShuffleFiles files = ParagraphFiles(folder.path(), num_shards, num_partitions);
  for (int shard = 0; shard < num_shards; ++shard) {
    auto writer = ShuffleWriter<ParagraphRecord>::Create(files, shard, budget);
    for (size_t i = static_cast<size_t>(shard); i < documents.size();
         i += static_cast<size_t>(num_shards)) {
      for (const auto& record : ParagraphRecords(documents[i]))
        EXPECT_TRUE(writer->Add(record).ok());
    }
    EXPECT_TRUE(writer->Finish().ok());
  }
  for (int p = 0; p < num_partitions; ++p) EXPECT_TRUE(MatchParagraphs(files, p, budget).ok());
  const ShuffleFiles removed = RemovedLineFiles(files);
  for (int p = 0; p < num_partitions; ++p) {
    EXPECT_TRUE(CollectRemovedLines(removed, p, budget).ok());
  }
  const auto removals = ParagraphRemovals::Open(removed);
  EXPECT_TRUE(removals.ok()) << removals.status();
  std::map<std::string, std::string> kept;
  for (const Document& document : documents) kept[document.text] = removals->KeptText(document);
  return kept;
}

TEST(ParagraphDedup, EqualLinesStayOnceInTheDocumentOfTheSmallestDigest) {
  const Document a = Make("only a\nShared line, 12!\n***"),
                 b = Make("shared LINE 7\nonly b\n***\n\nend");
  auto kept = KeptTexts({a, b}, 1, 1, 1 << 20);
  const bool a_first = ContentDigest(a) < ContentDigest(b);
  EXPECT_EQ(kept[a.text], a_first ? a.text : "only a\n***");
  EXPECT_EQ(kept[b.text], a_first ? "only b\n***\n\nend" : b.text);
}

TEST(ParagraphDedup, ARepeatWithinADocumentKeepsTheFirst) {
  const Document a = Make("x one\ny\nX, one\nz\nx one");
  EXPECT_EQ(KeptTexts({a}, 1, 1, 1 << 20)[a.text], "x one\ny\nz");
}

TEST(ParagraphDedup, EveryLineSurvivesOnceWhateverOrderShardsAndBudget) {
  harness::Random random(9);
  const auto lines = RandomWords(random, 100);
  std::vector<Document> documents;
  for (int i = 0; i < 200; ++i) {
    std::string text = RandomWords(random, 1)[0];
    for (int k = 0; k < 10; ++k) text += "\n" + lines[random.Below(lines.size())];
    documents.push_back(Make(text));
  }
  const auto expected = KeptTexts(documents, 1, 1, 1 << 22);
  std::multiset<std::string> survivors;
  for (const auto& [text, kept] : expected) {
    for (const auto line : absl::StrSplit(kept, '\n')) survivors.insert(std::string(line));
  }
  for (const std::string& line : lines) EXPECT_EQ(survivors.count(line), 1u) << line;
  EXPECT_EQ(survivors.size(), 300u);
  std::reverse(documents.begin(), documents.end());
  EXPECT_EQ(KeptTexts(documents, 3, 4, 1), expected);
}

}  // namespace
}  // namespace bench::corpus
