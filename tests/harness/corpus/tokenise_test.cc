#include "harness/corpus/tokenise.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "harness/corpus/held_out_check.h"
#include "harness/data/document_tokens.h"
#include "harness/data/token_dataset.h"
#include "tests/harness/corpus/corpus_fixture.h"
#include "tests/harness/model_io/tiny_tokenizer.h"

namespace bench::corpus {
namespace {

using harness::TokenDataset;
using harness::TokenShard;

class TokeniseTest : public testing::Test {
 protected:
  void SetUp() override {
    corpus_.spec().held_out_fraction = 0.3;
    corpus_.spec().near.enabled = false;
  }

  // The folder of the data set.
  std::string Run(const CorpusPlan& plan) {
    const std::string out = plan.folder + "/data_set";
    EXPECT_TRUE(MakeFolders(out).ok());
    PhaseRunner runner(plan);
    auto result = RunPipeline(plan, runner);
    EXPECT_TRUE(result.ok()) << result.status();
    const auto held_out = Tokenise(plan, tokenizer_, out, result->report, runner);
    EXPECT_TRUE(held_out.ok()) << held_out.status();
    report_.emplace(result->report);
    return out;
  }

  CorpusFixture corpus_;
  const harness::Tokenizer tokenizer_ = harness::TinyTokenizer();
  std::optional<CorpusReport> report_;
};

TEST_F(TokeniseTest, DocumentsAreInTheirPartsInOrderWithTheirTokens) {
  for (int i = 0; i < 40; ++i) {
    corpus_.Write(std::to_string(i) + ".txt", "say number " + std::to_string(i) + "\nit is");
  }
  const CorpusPlan plan = corpus_.Plan();
  const auto dataset = TokenDataset::Open(Run(plan));
  ASSERT_TRUE(dataset.ok()) << dataset.status();
  EXPECT_EQ(dataset->tokenizer_sha256(), tokenizer_.digest());
  std::map<std::string, int64_t> next;
  for (const Document& document : FinalDocuments(plan)) {
    // The upper half of the low word, as a fraction: by hand, without the function under test.
    const bool held_out = static_cast<double>(ContentDigest(document).low) / 0x1.0p64 < 0.3;
    const std::string part = held_out ? "validation" : "train";
    const TokenShard& shard = dataset->part(part)[0];
    const int64_t i = next[part]++;
    EXPECT_EQ(
        shard.Tokens(static_cast<int64_t>(shard.document(i).first_token), shard.document_end(i)),
        *harness::DocumentTokens(tokenizer_, document.text));
    EXPECT_EQ(shard.document(i).num_text_bytes, document.text.size());
    EXPECT_EQ(dataset->languages()[shard.document(i).language], document.language);
  }
  EXPECT_EQ(dataset->part("train")[0].num_documents(), next["train"]);
  EXPECT_EQ(dataset->part("validation")[0].num_documents(), next["validation"]);
  EXPECT_EQ(next["train"] + next["validation"], 40);
}

TEST_F(TokeniseTest, BytesOfTheDataSetDependOnNothingButTheDocuments) {
  corpus_.spec().max_document_bytes = 1 << 15;
  std::string lines;  // with these, 230 documents are more than a batch
  for (int i = 0; i < 2000; ++i) lines += "say it is\n";
  for (int i = 0; i < 230; ++i) {
    corpus_.Write(std::to_string(i) + ".txt", lines + std::to_string(i));
  }
  std::map<std::string, std::string> expected;
  for (const int64_t num_threads : {1, 3}) {
    corpus_.spec().num_shards = num_threads * 5;
    const std::string out = Run(corpus_.Plan(num_threads));
    std::map<std::string, std::string> files;
    const std::vector<std::string> names = *ListFolder(out);
    for (const std::string& name : names) files[name] = *ReadFile(out + "/" + name);
    if (expected.empty()) expected = files;
    EXPECT_EQ(files.size(), 5u);
    EXPECT_TRUE(files == expected);
  }
}

TEST_F(TokeniseTest, DocumentsThatHaveBecomeEqualAreOne) {
  corpus_.Write("a.txt", "write to a@mail.test.org");
  corpus_.Write("b.txt", "write to b@mail.test.org");
  const auto dataset = TokenDataset::Open(Run(corpus_.Plan()));
  int64_t num_documents = 0;
  for (const char* part : {"train", "validation"}) {
    for (const TokenShard& shard : dataset->part(part)) num_documents += shard.num_documents();
  }
  EXPECT_EQ(num_documents, 1);
  EXPECT_EQ(Total(report_->kept).num_documents, 1);
  EXPECT_EQ(report_->removed.rules().at({"exact_duplicates", "equal_after_cuts"}).num_documents, 1);
}

// Five documents and the default fraction: none of them has its place below it.
TEST_F(TokeniseTest, OfFewDocumentsOneIsHeldOut) {
  corpus_.spec().held_out_fraction = 1e-9;
  for (int i = 0; i < 5; ++i)
    corpus_.Write(std::to_string(i) + ".txt", std::to_string(i) + " it is");
  const CorpusPlan plan = corpus_.Plan();
  const auto dataset = TokenDataset::Open(Run(plan));
  ASSERT_TRUE(dataset.ok()) << dataset.status();
  ASSERT_EQ(dataset->part("validation").size(), 1u);
  ASSERT_EQ(dataset->part("validation")[0].num_documents(), 1);
  EXPECT_EQ(dataset->part("train")[0].num_documents(), 4);
  // It is the one whose digest's low half is the least.
  const std::vector<Document> documents = FinalDocuments(plan);
  const auto least = std::min_element(documents.begin(), documents.end(),
                                      [](const Document& a, const Document& b) {
                                        return ContentDigest(a).low < ContentDigest(b).low;
                                      });
  const TokenShard& held_out = dataset->part("validation")[0];
  EXPECT_EQ(held_out.Tokens(0, held_out.document_end(0)),
            *harness::DocumentTokens(tokenizer_, least->text));
}

}  // namespace
}  // namespace bench::corpus
