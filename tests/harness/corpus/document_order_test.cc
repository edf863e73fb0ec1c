#include "harness/corpus/document_order.h"

#include <gtest/gtest.h>

#include "tests/harness/corpus/corpus_fixture.h"
#include "tests/harness/stop_request.h"

namespace bench::corpus {
namespace {

TEST(DocumentOrder, IsThatOfTheTextsDigests) {
  CorpusFixture corpus;
  for (int i = 0; i < 50; ++i) {
    corpus.Write(std::to_string(i) + ".txt", "text number " + std::to_string(i));
  }
  const CorpusPlan plan = corpus.Plan();
  RunOk(plan);
  const std::vector<Document> documents = FinalDocuments(plan);
  ASSERT_EQ(documents.size(), 50u);
  for (size_t i = 1; i < documents.size(); ++i) {
    EXPECT_LT(DigestOf(documents[i - 1].text), DigestOf(documents[i].text));
  }
}

TEST(DocumentOrder, OfEqualTextsAllButTheSmallestIdRepeat) {
  CorpusFixture corpus;
  corpus.spec().exact.enabled = false;
  corpus.spec().near.enabled = false;
  for (const char* name : {"a.txt", "b.txt", "c.txt"}) corpus.Write(name, "one text");
  const CorpusPlan plan = corpus.Plan();
  RunOk(plan);
  std::vector<Digest128> ids;
  std::vector<bool> repeats;
  ASSERT_TRUE(VisitInOrder(plan, [&](const OrderedDocument& ordered) {
                ids.push_back(IdDigest(ordered.document));
                repeats.push_back(ordered.repeats);
                return absl::OkStatus();
              }).ok());
  EXPECT_TRUE(std::is_sorted(ids.begin(), ids.end()));
  EXPECT_EQ(repeats, (std::vector<bool>{false, true, true}));
}

TEST(DocumentOrder, ObeysAStopSignal) {
  CorpusFixture corpus;
  corpus.Write("a.txt", "text");
  const CorpusPlan plan = corpus.Plan();
  RunOk(plan);
  const harness::StopRequest stop;
  EXPECT_TRUE(IsStopped(VisitInOrder(plan, [](const OrderedDocument&) {
    ADD_FAILURE() << "visited";
    return absl::OkStatus();
  })));
}

}  // namespace
}  // namespace bench::corpus
