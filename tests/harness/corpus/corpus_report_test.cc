#include "harness/corpus/corpus_report.h"

#include <gtest/gtest.h>

namespace bench::corpus {
namespace {

TEST(CorpusReport, MergingAddsCounts) {
  CorpusReport a, b;
  a.read[{"s", "en"}].Add(10);
  b.read[{"s", "en"}].Add(5);
  b.read[{"t", "zh"}].Add(7);
  a.kept[{"s", "en"}].Add(10);
  b.kept[{"s", "en"}].Remove(10);
  b.shortened["pii"].Add(-3);
  b.masked["email"] = 2;
  a.dropped_lines[1] = 4;
  b.dropped_lines[1] = 5;
  b.contaminated.resize(2);
  b.contaminated[1].Add(9);
  b.removed.Add("c4", "curly_bracket", {"x", "text", "s", "en"});
  a.Merge(b);
  EXPECT_EQ((a.read[{"s", "en"}]), (TextCount{2, 15}));
  EXPECT_EQ(Total(a.read), (TextCount{3, 22}));
  EXPECT_EQ(Total(a.kept), (TextCount{0, 0}));
  EXPECT_EQ(a.shortened["pii"], (TextCount{1, -3}));
  EXPECT_EQ(a.masked["email"], 2);
  EXPECT_EQ(a.dropped_lines[1], 9);
  ASSERT_EQ(a.contaminated.size(), 2u);
  EXPECT_EQ(a.contaminated[1], (TextCount{1, 9}));
  EXPECT_EQ(a.removed.rules().begin()->second.num_documents, 1);
}

TEST(RejectionReport, NamesTheSmallestDigestsWhateverTheOrder) {
  constexpr size_t kMax = 3;
  RejectionReport forward(kMax), backward(kMax), left(kMax), right(kMax);
  for (int i = 0; i < 10; ++i) {
    const Rejection rejection = {"file#" + std::to_string(i), "no text"};
    forward.Add("s", rejection);
    (i % 3 == 0 ? left : right).Add("s", rejection);
    backward.Add("s", {"file#" + std::to_string(9 - i), "no text"});
  }
  left.Merge(right);
  std::set<Digest128> all;
  for (int i = 0; i < 10; ++i) all.insert(IdDigest({"file#" + std::to_string(i), "", "s", ""}));
  for (const RejectionReport* report : {&forward, &backward, &left}) {
    EXPECT_EQ(report->num_rejected(), 10);
    ASSERT_EQ(report->named().size(), kMax);
    auto expected = all.begin();
    for (const auto& [digest, named] : report->named()) EXPECT_EQ(digest, *expected++);
    EXPECT_EQ(report->reasons().at("no text").count, 10);
    EXPECT_EQ(report->reasons().at("no text").first, "s/file#0");
  }
}

}  // namespace
}  // namespace bench::corpus
