#include "harness/corpus/held_out_check.h"

#include <gtest/gtest.h>

#include "harness/corpus/tokenise.h"
#include "tests/harness/corpus/corpus_fixture.h"

namespace bench::corpus {
namespace {

using harness::TokenDataset;
using harness::TokenDatasetWriter;

TEST(CountHeldOutInTraining, CountsDocumentsWhoseTokensAreEqual) {
  const TempFolder folder;
  TokenDatasetWriter writer(folder.path(), {100, "digest", {"en"}});
  const std::vector<std::vector<int64_t>> training = {{1, 2, 3}, {4, 5}, {1, 2}, {1, 2, 3}};
  const std::vector<std::vector<int64_t>> held_out = {{1, 2, 3}, {5, 4}, {1, 2}, {7}};
  for (const auto& tokens : training) ASSERT_TRUE(writer.Add("train", tokens, 1, 0).ok());
  for (const auto& tokens : held_out) ASSERT_TRUE(writer.Add("validation", tokens, 1, 0).ok());
  ASSERT_TRUE(writer.Finish().ok());
  EXPECT_EQ(CountHeldOutInTraining(*TokenDataset::Open(folder.path())), 2);
}

TEST(CountNgramsInTraining, CountsNgramsOfTrainingDocumentsOnly) {
  CorpusFixture corpus;
  corpus.spec().near.enabled = false;
  corpus.spec().held_out_fraction = 0.5;
  const std::vector<std::string> texts = {"one two three four five", "six seven eight nine ten",
                                          "red green blue grey pink", "north south east west here"};
  for (size_t i = 0; i < texts.size(); ++i) corpus.Write(std::to_string(i) + ".txt", texts[i]);
  const CorpusPlan plan = corpus.Plan(/*num_threads=*/2);
  PhaseRunner runner(plan);
  ASSERT_TRUE(RunPipeline(plan, runner).ok());
  // Every text's three 3-grams; found are those of texts that are not held out.
  NgramSet ngrams({.ngram_words = 3, .ngram_characters = 3});
  Shingler shingler;
  int64_t num_training = 0;
  for (const std::string& text : texts) {
    ngrams.Add(text, shingler);
    num_training += !IsHeldOut(DigestOf(text), 0.5);
  }
  ASSERT_GT(num_training, 0);
  ASSERT_LT(num_training, 4);
  EXPECT_EQ(*CountNgramsInTraining(plan, 0.5, ngrams, runner), 3 * num_training);
}

}  // namespace
}  // namespace bench::corpus
