#include <gtest/gtest.h>

#include "tests/harness/corpus/corpus_fixture.h"
#include "tests/harness/corpus/dedup_texts.h"

namespace bench::corpus {
namespace {

constexpr ShingleParameters kNgrams = {.ngram_words = 4, .ngram_characters = 5};

TEST(FinishShard, RemovesDocumentsThatShareAnNgramWithEvaluationTexts) {
  CorpusFixture corpus;
  corpus.Write("a.txt", "He said: the quick brown fox jumps.");
  corpus.Write("b.txt", "The quick brown dog.");
  EvaluationTexts texts({"validation", "test"}, kNgrams);
  texts.Add(1, "the quick brown fox");
  CorpusPlan plan = corpus.Plan();
  plan.evaluation_texts = &texts;
  const CorpusReport report = RunOk(plan).report;
  EXPECT_EQ(FinalTexts(plan), std::vector<std::string>{"The quick brown dog."});
  EXPECT_EQ(report.removed.rules().at({"decontamination", "shared_ngram"}).num_documents, 1);
  EXPECT_EQ(report.contaminated, (std::vector<TextCount>{{0, 0}, {1, 35}}));

  corpus.spec().decontamination.action = harness::ContaminationAction::kReport;
  CorpusPlan reported = corpus.Plan();
  reported.evaluation_texts = &texts;
  EXPECT_EQ(RunOk(reported).report.contaminated, report.contaminated);
  EXPECT_EQ(FinalTexts(reported).size(), 2u);
}

TEST(FinishShard, MasksPersonalDataAndCountsIt) {
  CorpusFixture corpus;
  corpus.Write("a.txt", "Write to jo@mail.test.org or 8.8.8.8, jo@mail.test.org.");
  const CorpusPlan plan = corpus.Plan();
  const CorpusReport report = RunOk(plan).report;
  const std::string masked = "Write to email@example.com or 192.0.2.1, email@example.com.";
  EXPECT_EQ(FinalTexts(plan), std::vector<std::string>{masked});
  EXPECT_EQ(report.masked.at("email"), 2);
  EXPECT_EQ(report.masked.at("ip_address"), 1);
  EXPECT_EQ(report.shortened.at("pii"), (TextCount{1, 55 - std::ssize(masked)}));
}

TEST(FinishShard, RemovesWhatIsTooShortInTheEnd) {
  CorpusFixture corpus;
  corpus.spec().min_characters = 4;
  corpus.Write("a.txt", "abc");
  corpus.Write("b.txt", "四个汉字");
  const CorpusPlan plan = corpus.Plan();
  const CorpusReport report = RunOk(plan).report;
  EXPECT_EQ(FinalTexts(plan), std::vector<std::string>{"四个汉字"});
  EXPECT_EQ(report.removed.rules().at({"length", "too_few_characters"}).num_bytes, 3);
}

TEST(FinishShard, ADocumentOfNothingButRepeatedLinesGoes) {
  CorpusFixture corpus;
  corpus.spec().paragraphs.enabled = true;
  corpus.spec().near.enabled = false;
  corpus.Write("a.txt", "one line\nanother line");
  corpus.Write("b.txt", "another line\n\none line");
  const CorpusPlan plan = corpus.Plan();
  const CorpusReport report = RunOk(plan).report;
  EXPECT_EQ(FinalTexts(plan).size(), 1u);
  EXPECT_EQ(report.removed.rules().at({"length", "too_few_characters"}).num_documents, 1);
  EXPECT_EQ(report.removed.rules().at({"length", "too_few_characters"}).num_bytes, 0);
}

TEST(FinishShard, ALongRepeatedStringStaysInOneDocument) {
  harness::Random random(4);
  const std::string passage = Joined(RandomWords(random, 40));
  CorpusFixture corpus;
  corpus.spec().substrings.enabled = true;
  corpus.spec().substrings.min_bytes = 100;
  for (int i = 0; i < 4; ++i) {
    corpus.Write(std::to_string(i) + ".txt", Joined(RandomWords(random, 60)) + " " + passage);
  }
  const CorpusPlan plan = corpus.Plan();
  RunOk(plan);
  int num_with_passage = 0;
  for (const std::string& text : FinalTexts(plan)) {
    num_with_passage += text.find(passage) != std::string::npos;
  }
  EXPECT_EQ(FinalTexts(plan).size(), 4u);
  EXPECT_EQ(num_with_passage, 1);
}

}  // namespace
}  // namespace bench::corpus
