#include "harness/evaluation/probes/probe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/sha256.h"
#include "results/proportion_items.h"
#include "tests/harness/run_fixture.h"
#include "tests/harness/stages/ppo/tiny_ppo.h"

namespace bench::harness {
namespace {

using testing::HasSubstr;
using testing::Key;
using testing::UnorderedElementsAre;

constexpr char kDocuments[] = R"({"input": "say", "choices": ["a", "it is"], "gold": 0}
{"input": "say", "choices": ["a", "it is"], "gold": 1}
{"input": "number", "choices": ["a", "b", "c"], "gold": 1}
)";

class ProbesTest : public testing::Test {
 protected:
  ProbesTest() {
    std::filesystem::create_directories(root_ / "probes");
    Write("a.jsonl", kDocuments);
    Write("shots.jsonl", "{\"input\": \"4\", \"choices\": [\"x\", \"y\"], \"gold\": 1}\n");
    spec_.name = "which";
    spec_.request = ProbeRequest::kChoice;
    spec_.file = "probes/a.jsonl";
  }
  void Write(const std::string& name, const std::string& text) {
    std::ofstream(root_ / ("probes/" + name)) << text;
  }

  TempFolder root_;
  ProbeSpec spec_;
};

TEST_F(ProbesTest, RecordEveryDocumentAndWhichWereRight) {
  const Tokenizer tokenizer = TinyTokenizer();
  const auto decoder = TinyPpoDecoder(tokenizer.vocab_size(), 7);
  spec_.shots = 1;
  spec_.shots_file = "probes/shots.jsonl";
  const std::vector<ProbeSpec> specs = {spec_};
  const auto probes = Probes::Load(specs, root_.path(), {});
  ASSERT_TRUE(probes.ok()) << probes.status();
  RunFixture fixture;
  RunContext context = fixture.Start("run");
  const auto values =
      probes->Ask({*decoder, tokenizer, PromptTemplate::kPlain}, 12, context.writer);
  ASSERT_TRUE(values.ok()) << values.status();
  const results::RunRecord record = fixture.Record("run");
  const auto proportions = results::ProportionsOf(record);
  const auto& accuracy = proportions.at("accuracy/which");
  EXPECT_EQ(accuracy.trials, 3);
  EXPECT_EQ(values->at(0).value, static_cast<double>(accuracy.successes) / 3);
  const results::Table& documents = record.tables.at("probe_documents");
  ASSERT_EQ(documents.rows.size(), 3U);
  const auto column = [&](const std::string& name) {
    const auto found = std::find(documents.columns.begin(), documents.columns.end(), name);
    return static_cast<size_t>(found - documents.columns.begin());
  };
  for (size_t d = 0; d < 3; ++d) {
    EXPECT_EQ(std::get<int64_t>(documents.rows[d][column("right")]), accuracy.items[d]);
  }
  EXPECT_EQ(std::get<std::string>(documents.rows[2][column("context_sha256")]),
            Sha256Hex("4 y\n\nnumber"));
  EXPECT_EQ(std::get<std::string>(documents.rows[1][column("target_sha256")]), Sha256Hex("it is"));
  const results::Table& prompts = record.tables.at("probe_prompts");
  EXPECT_EQ(std::get<std::string>(prompts.rows.at(0).back()), "4 y\n\nsay");
}

TEST_F(ProbesTest, AskTheFirstDocumentsOnlyWhereThatIsSaid) {
  spec_.max_documents = 2;
  EXPECT_EQ(Probe::Load(spec_, root_.path(), {})->documents().size(), 2U);
  spec_.max_documents = 20;
  EXPECT_EQ(Probe::Load(spec_, root_.path(), {})->documents().size(), 3U);
}

TEST_F(ProbesTest, DigestsAreThoseOfTheFiles) {
  spec_.shots = 1;
  spec_.shots_path = root_ / "probes/shots.jsonl";
  InputDigests digests;
  const absl::Status added = AddProbeDigests({spec_}, root_.path(), digests);
  ASSERT_TRUE(added.ok()) << added;
  EXPECT_THAT(digests, UnorderedElementsAre(Key("probe/which"), Key("probe_shots/which")));
  EXPECT_EQ(digests.at("probe/which"), Sha256Hex(kDocuments));
}

TEST_F(ProbesTest, WhatIsMissingIsNamed) {
  spec_.file = "probes/none.jsonl";
  EXPECT_THAT(Probe::Load(spec_, root_.path(), {}).status().message(),
              HasSubstr("probes/none.jsonl"));
}

}  // namespace
}  // namespace bench::harness
