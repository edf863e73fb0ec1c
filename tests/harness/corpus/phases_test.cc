#include "harness/corpus/phases.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/status.h"
#include "harness/corpus/document_file.h"
#include "tests/harness/corpus/corpus_fixture.h"

namespace bench::corpus {
namespace {

using testing::HasSubstr;

TEST(PrepareShard, TakesEveryNthFileAndTogetherAll) {
  CorpusFixture corpus;
  for (int i = 0; i < 8; ++i) {
    corpus.Write(std::to_string(i) + ".txt", "text number " + std::to_string(i));
  }
  const CorpusPlan plan = corpus.Plan();
  std::vector<std::string> ids;
  for (int shard = 0; shard < 3; ++shard) {
    ASSERT_TRUE(PrepareShard(plan, shard).ok());
    auto file = DocumentFile::Open(plan.PreparedPath(shard));
    EXPECT_EQ(file->num_documents(), shard < 2 ? 3 : 2);
    while (const auto document = *file->Next()) ids.push_back(document->id);
  }
  EXPECT_EQ(Sorted(ids), (std::vector<std::string>{"0.txt#1", "1.txt#1", "2.txt#1", "3.txt#1",
                                                   "4.txt#1", "5.txt#1", "6.txt#1", "7.txt#1"}));
}

TEST(PrepareShard, AgainGivesTheSameFiles) {
  CorpusFixture corpus;
  corpus.spec().num_shards = 1;
  corpus.Write("a.txt", "text");
  const CorpusPlan plan = corpus.Plan();
  ASSERT_TRUE(PrepareShard(plan, 0).ok());
  const std::string first = *ReadFile(plan.PreparedPath(0));
  ASSERT_TRUE(PrepareShard(plan, 0).ok());
  EXPECT_EQ(*ReadFile(plan.PreparedPath(0)), first);
}

TEST(PrepareShard, NamesInvalidDocumentsOrEndsAtTheFirst) {
  CorpusFixture corpus;
  corpus.spec().num_shards = 1;
  corpus.Write("a.txt", "fine");
  corpus.Write("b.txt", "bad \xff");
  corpus.Write("c.txt", " ");
  const auto report = PrepareShard(corpus.Plan(), 0);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->rejected.num_rejected(), 2);
  std::vector<std::string> named;
  for (const auto& [digest, entry] : report->rejected.named()) {
    EXPECT_EQ(entry.source, "source");
    named.push_back(entry.rejection.id + ": " + entry.rejection.reason);
  }
  EXPECT_EQ(Sorted(named),
            (std::vector<std::string>{"b.txt#1: not valid UTF-8 at byte 4", "c.txt#1: no text"}));
  corpus.spec().on_invalid = OnInvalid::kError;
  const absl::Status status = PrepareShard(corpus.Plan(), 0).status();
  EXPECT_EQ(ExitCodeFor(status), ExitCode::kBadData);
  EXPECT_THAT(status.message(), HasSubstr("b.txt: not valid UTF-8 at byte 4"));
}

TEST(PrepareShard, CountsWhatEachRuleRemovesAndWhatC4Cuts) {
  CorpusFixture corpus;
  corpus.spec().num_shards = 1;
  corpus.spec().c4.preset = harness::FilterPreset::kPublished;
  corpus.spec().c4.parameters.spaced.min_sentences = 1;
  corpus.Write("a.txt", "This is a line of words.\nshort\nUse cookies on this page here.");
  corpus.Write("b.txt", "This one has a { in it.");
  const auto report = PrepareShard(corpus.Plan(), 0);
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report->dropped_lines[static_cast<size_t>(C4LineRule::kFewWords)], 1);
  EXPECT_EQ(report->dropped_lines[static_cast<size_t>(C4LineRule::kPolicy)], 1);
  // "\nshort\nUse cookies on this page here." is 37 bytes.
  EXPECT_EQ(report->shortened.at("c4"), (TextCount{1, 37}));
  const auto& removed = report->removed.rules().at({"c4", "curly_bracket"});
  EXPECT_EQ(removed.num_documents, 1);
  EXPECT_EQ(removed.num_bytes, 23);
}

TEST(PrepareShard, LeavesMessagesOutThatAreEvaluatedOn) {
  CorpusFixture corpus;
  corpus.spec().num_shards = 1;
  const auto record = [](const std::string& english, const std::string& chinese) {
    return "{\"catalogue\":\"c.mo\",\"context\":\"\",\"english\":\"" + english +
           "\",\"translations\":{\"zh_CN\":\"" + chinese + "\"}}\n";
  };
  corpus.Write("records.jsonl",
               record("Open the file", "打开这个文件") + record("Save the file", "保存这个文件"));
  EvaluationTexts texts({"test"}, {});
  texts.Add(0, "打开这个文件。");
  CorpusPlan plan = corpus.Plan();
  plan.files[0].format = DocumentFormat::kMessages;
  plan.evaluation_texts = &texts;
  ASSERT_TRUE(PrepareShard(plan, 0).ok());
  auto file = DocumentFile::Open(plan.PreparedPath(0));
  std::vector<std::string> prepared;
  while (const auto document = *file->Next()) prepared.push_back(document->text);
  EXPECT_EQ(prepared, (std::vector<std::string>{"Save the file", "保存这个文件"}));
}

TEST(CheckBudget, SaysHowMuchIsNeeded) {
  CorpusFixture corpus;
  corpus.spec().max_document_bytes = 1 << 20;
  corpus.spec().budget_mib = 79;
  const CorpusPlan plan = corpus.Plan(/*num_threads=*/4);
  const absl::Status status = CheckBudget(plan);
  EXPECT_EQ(ExitCodeFor(status), ExitCode::kUsage);
  EXPECT_THAT(status.message(), HasSubstr("corpus.budget_mib: 79 MiB are too few; 4 threads"));
  EXPECT_THAT(status.message(), HasSubstr("need 80 MiB"));
  corpus.spec().budget_mib = 80;
  EXPECT_TRUE(CheckBudget(plan).ok());
}

}  // namespace
}  // namespace bench::corpus
