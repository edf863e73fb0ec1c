#include "harness/corpus/removal_report.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace bench::corpus {
namespace {

std::vector<Document> Documents() {
  std::vector<Document> documents;
  for (int i = 0; i < 20; ++i) {
    documents.push_back(
        {absl::StrCat("f#", i), std::string(static_cast<size_t>(i), 'x'), "s", "en"});
  }
  return documents;
}

TEST(RemovalReport, CountsDocumentsAndBytesByRule) {
  RemovalReport report;
  for (const Document& d : Documents()) report.Add("c4", d.text.size() < 5 ? "a" : "b", d);
  ASSERT_EQ(report.rules().size(), 2u);
  const RuleRemovals& a = report.rules().at({"c4", "a"});
  EXPECT_EQ(a.num_documents, 5);
  EXPECT_EQ(a.num_bytes, 0 + 1 + 2 + 3 + 4);
  EXPECT_EQ(report.rules().at({"c4", "b"}).num_documents, 15);
}

TEST(RemovalReport, SamplesDependNeitherOnOrderNorOnShards) {
  std::vector<Document> documents = Documents();
  RemovalReport forward(3);
  for (const Document& d : documents) forward.Add("f", "r", d);
  std::reverse(documents.begin(), documents.end());
  RemovalReport first(3), second(3);
  for (size_t i = 0; i < documents.size(); ++i)
    (i % 3 == 0 ? first : second).Add("f", "r", documents[i]);
  first.Merge(second);
  const RuleRemovals& a = forward.rules().at({"f", "r"});
  const RuleRemovals& b = first.rules().at({"f", "r"});
  EXPECT_EQ(a.samples.size(), 3u);
  EXPECT_EQ(a.samples, b.samples);
  EXPECT_EQ(a.num_bytes, b.num_bytes);
  std::vector<Digest128> ids;
  for (const Document& d : documents) ids.push_back(IdDigest(d));
  EXPECT_EQ(a.samples.begin()->first, *std::min_element(ids.begin(), ids.end()));
}

TEST(RemovalReport, SamplesAreCutAtACharacter) {
  RemovalReport report(1, 4);
  report.Add("f", "r", {"a#1", "中文字", "s", "zh"});  // 3 bytes each
  EXPECT_EQ(report.rules().at({"f", "r"}).samples.begin()->second.text, "中");
}

}  // namespace
}  // namespace bench::corpus
