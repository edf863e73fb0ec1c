#include "harness/corpus/phases.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <malloc.h>
#include <sys/resource.h>

#include <cstdlib>
#include <fstream>
#include <iostream>

#include "base/status.h"
#include "harness/corpus/document_file.h"
#include "harness/corpus/text_limits.h"
#include "tests/harness/corpus/corpus_fixture.h"

namespace bench::corpus {
namespace {

using testing::HasSubstr;

constexpr int64_t kLargestRecordBytes = int64_t{24} << 20;

TEST(PrepareShard, TakesEveryNthFileAndTogetherAll) {
  CorpusFixture corpus;
  for (int i = 0; i < 8; ++i) {
    corpus.Write(std::to_string(i) + ".txt", "text number " + std::to_string(i));
  }
  const CorpusPlan plan = corpus.Plan();
  std::vector<std::string> ids;
  for (int shard = 0; shard < 3; ++shard) {
    ASSERT_TRUE(Prepare(plan, shard).ok());
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
  ASSERT_TRUE(Prepare(plan, 0).ok());
  const std::string first = *ReadFile(plan.PreparedPath(0));
  ASSERT_TRUE(Prepare(plan, 0).ok());
  EXPECT_EQ(*ReadFile(plan.PreparedPath(0)), first);
}

TEST(PrepareShard, NamesInvalidDocumentsOrEndsAtTheFirst) {
  CorpusFixture corpus;
  corpus.spec().num_shards = 1;
  corpus.Write("a.txt", "fine");
  corpus.Write("b.txt", "bad \xff");
  corpus.Write("c.txt", " ");
  const auto report = Prepare(corpus.Plan(), 0);
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
  const absl::Status status = Prepare(corpus.Plan(), 0).status();
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
  const auto report = Prepare(corpus.Plan(), 0);
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
  ASSERT_TRUE(Prepare(plan, 0).ok());
  auto file = DocumentFile::Open(plan.PreparedPath(0));
  std::vector<std::string> prepared;
  while (const auto document = *file->Next()) prepared.push_back(document->text);
  EXPECT_EQ(prepared, (std::vector<std::string>{"Save the file", "保存这个文件"}));
}

// One record of the largest size: a text of kMaxTextBytes, and a field that is not read.
std::string LargestRecord(const std::string& repeated, int64_t num_repeats) {
  std::string text;
  for (int64_t i = 0; i < num_repeats; ++i) text += repeated;
  text.resize(static_cast<size_t>(kMaxTextBytes), 'x');
  const std::string record = "{\"text\":\"" + text + "\",\"url\":\"";
  return record + std::string(kLargestRecordBytes - record.size() - 2, 'y') + "\"}";
}

int64_t StatusKib(const std::string& field) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(field)) return std::stoll(line.substr(field.size()));
  }
  return -1;
}

// Of this process, a child of the test's: how far its resident memory grows over PrepareShard.
int64_t GrowthOfPreparation(const CorpusPlan& plan) {
  const int64_t before = StatusKib("VmRSS:");
  rusage usage{};
  if (!Prepare(plan, 0).ok() || ::getrusage(RUSAGE_SELF, &usage) != 0) return -1;
  return (usage.ru_maxrss - before) << 10;
}

class LargestDocument : public testing::Test {
 protected:
  LargestDocument() {
    corpus_.spec().num_shards = 1;
    corpus_.spec().budget_mib = 1024;
    corpus_.spec().max_document_bytes = kLargestRecordBytes;
    corpus_.spec().gopher_repetition.preset = harness::FilterPreset::kPublished;
    auto& parameters = corpus_.spec().gopher_repetition.parameters.spaced;
    parameters.max_top_ngram_characters.fill(1e9);
    parameters.max_duplicated_ngram_characters.fill(1e9);
  }

  // How far memory may grow, and does at least: with less the document would not be the largest.
  void ExpectGrowthBetween(int64_t least, int64_t most) {
#ifdef __SANITIZE_ADDRESS__
    GTEST_SKIP() << "memory is the sanitizer's";
#endif
    const CorpusPlan plan = corpus_.Plan();
    ::malloc_trim(0);  // what earlier calls left must not hide growth
    const auto check = [&] {
      const int64_t growth = GrowthOfPreparation(plan);
      std::cerr << "grew by " << growth << "\n";
      std::_Exit(growth >= least && growth <= most ? 0 : 1);
    };
    EXPECT_EXIT(check(), testing::ExitedWithCode(0), "");
  }

  CorpusFixture corpus_;
};

TEST_F(LargestDocument, OfAsManyWordsAsAllowedStaysWithinWhatIsCounted) {
  corpus_.Write("a.jsonl", LargestRecord("#$", kMaxTextSpans / 2 - 1));
  const auto report = Prepare(corpus_.Plan(), 0);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_TRUE(report->removed.rules().empty());  // so that its n-grams were all counted
  ExpectGrowthBetween(PreparationBytes(kLargestRecordBytes) / 2,
                      PreparationBytes(kLargestRecordBytes));
}

TEST_F(LargestDocument, OfMoreWordsIsRemovedWithinWhatIsCounted) {
  corpus_.Write("a.jsonl", LargestRecord("a ", kMaxTextBytes / 2));
  const auto report = Prepare(corpus_.Plan(), 0);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->removed.rules().at({"size", "too_many_words_and_lines"}).num_documents, 1);
  ExpectGrowthBetween(kLargestRecordBytes, PreparationBytes(kLargestRecordBytes));
}

TEST_F(LargestDocument, OfMoreTextIsInvalid) {
  corpus_.Write("a.txt", std::string(static_cast<size_t>(kMaxTextBytes) + 1, 'x'));
  const auto report = Prepare(corpus_.Plan(), 0);
  ASSERT_TRUE(report.ok()) << report.status();
  ASSERT_EQ(report->rejected.num_rejected(), 1);
  EXPECT_EQ(report->rejected.named().begin()->second.rejection.reason, "text over 8 MiB");
}

TEST(CorpusPlan, ClustersHaveAPartitionForEachThreadOfRanksAndSomeForOneProcess) {
  CorpusFixture corpus;
  CorpusPlan plan = corpus.Plan();
  corpus.spec().num_shards = 64;
  EXPECT_EQ(plan.num_partitions(), 32);
  EXPECT_EQ(plan.num_cluster_partitions(), 8);
  corpus.spec().num_shards = 3;
  EXPECT_EQ(plan.num_cluster_partitions(), 3);
  plan.least_shards = LeastShards(/*num_ranks=*/10, /*num_threads=*/4);
  EXPECT_EQ(plan.num_partitions(), 40);
  EXPECT_EQ(plan.num_cluster_partitions(), 40);
}

TEST(CheckBudget, SaysHowMuchIsNeeded) {
  CorpusFixture corpus;
  corpus.spec().max_document_bytes = 1 << 20;  // 3 + 9 + 76 MiB, and as much for sorts
  corpus.spec().budget_mib = 703;
  const CorpusPlan plan = corpus.Plan(/*num_threads=*/4);
  const absl::Status status = CheckBudget(plan);
  EXPECT_EQ(ExitCodeFor(status), ExitCode::kUsage);
  EXPECT_THAT(status.message(), HasSubstr("corpus.budget_mib: 703 MiB are too few; 4 threads"));
  EXPECT_THAT(status.message(), HasSubstr("need 704 MiB"));
  EXPECT_EQ(ThreadsWithinBudget(plan), 3);  // of 176 MiB each
  corpus.spec().budget_mib = 704;
  EXPECT_TRUE(CheckBudget(plan).ok());
  EXPECT_EQ(ThreadsWithinBudget(plan), 4);
  corpus.spec().budget_mib = 175;
  EXPECT_EQ(ThreadsWithinBudget(plan), 0);
}

}  // namespace
}  // namespace bench::corpus
