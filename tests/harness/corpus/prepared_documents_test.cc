#include "harness/corpus/prepared_documents.h"

#include <gtest/gtest.h>

#include "tests/harness/corpus/corpus_fixture.h"
#include "tests/harness/stop_request.h"

namespace bench::corpus {
namespace {

// "a", "b" equal; "c" holds a line of "a".
CorpusPlan PrepareThree(CorpusFixture& corpus) {
  corpus.spec().num_shards = 1;
  corpus.Write("a.txt", "first line\nsecond line");
  corpus.Write("b.txt", "first line\nsecond line");
  corpus.Write("c.txt", "second line\nthird line");
  const CorpusPlan plan = corpus.Plan();
  EXPECT_TRUE(Prepare(plan, 0).ok());
  EXPECT_TRUE(MatchExact(plan, 0).ok());
  return plan;
}

std::vector<PreparedDocument> Visit(const CorpusPlan& plan, const Removals& removals) {
  std::vector<PreparedDocument> documents;
  EXPECT_TRUE(VisitPrepared(plan, 0, removals, [&](PreparedDocument document) {
                documents.push_back(std::move(document));
                return absl::OkStatus();
              }).ok());
  return documents;
}

TEST(VisitPrepared, WithoutRemovalsGivesAllAsTheyAre) {
  CorpusFixture corpus;
  const auto documents = Visit(PrepareThree(corpus), {});
  ASSERT_EQ(documents.size(), 3u);
  for (const PreparedDocument& document : documents) EXPECT_EQ(document.removed_by, "");
  EXPECT_EQ(documents[2].document.text, "second line\nthird line");
}

TEST(VisitPrepared, SaysWhatIsRemovedAndCutsTheRest) {
  CorpusFixture corpus;
  const CorpusPlan plan = PrepareThree(corpus);
  Removals removals;
  removals.exact = *ExactRemovals::Open(plan.exact_files());
  ASSERT_TRUE(WriteLines(plan, 0, removals).ok());
  ASSERT_TRUE(MatchLines(plan, 0).ok());
  ASSERT_TRUE(CollectLines(plan, 0).ok());
  removals.lines = *ParagraphRemovals::Open(plan.removed_line_files());
  const auto documents = Visit(plan, removals);
  ASSERT_EQ(documents.size(), 3u);
  const bool a_is_smaller = IdDigest(documents[0].document) < IdDigest(documents[1].document);
  EXPECT_EQ(documents[a_is_smaller ? 1 : 0].removed_by, "exact_duplicates");
  EXPECT_EQ(documents[a_is_smaller ? 0 : 1].removed_by, "");
  // "second line" stays where the content's digest is smaller; with its line feed it has 12 bytes.
  EXPECT_EQ(documents[a_is_smaller ? 0 : 1].num_line_bytes + documents[2].num_line_bytes, 12);
}

TEST(VisitPrepared, ShowsDocumentsBeforeCuts) {
  CorpusFixture corpus;
  const CorpusPlan plan = PrepareThree(corpus);
  std::vector<std::string> seen;
  ASSERT_TRUE(VisitPrepared(
                  plan, 0, {}, [](const PreparedDocument&) { return absl::OkStatus(); },
                  [&](const Document& document) { seen.push_back(document.id); })
                  .ok());
  EXPECT_EQ(seen, (std::vector<std::string>{"a.txt#1", "b.txt#1", "c.txt#1"}));
}

TEST(VisitPrepared, ObeysAStopSignal) {
  CorpusFixture corpus;
  const CorpusPlan plan = PrepareThree(corpus);
  const harness::StopRequest stop;
  EXPECT_TRUE(IsStopped(
      VisitPrepared(plan, 0, {}, [](const PreparedDocument&) { return absl::OkStatus(); })));
}

}  // namespace
}  // namespace bench::corpus
