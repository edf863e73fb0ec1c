#include "harness/stages/corpus/inputs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/status.h"
#include "harness/data/alpaca.h"
#include "tests/harness/run_fixture.h"

namespace bench::harness {
namespace {

using testing::HasSubstr;

void Write(const std::string& path, std::string_view text) {
  ASSERT_TRUE(MakeFolders(path.substr(0, path.rfind('/'))).ok());
  ASSERT_TRUE(PublishFile(path, text).ok());
}

class CorpusInputs : public testing::Test {
 protected:
  CorpusInputs() {
    spec_.exclude.dataset = ArtifactRef{"translations", 1};
    inputs_["exclude"] = {"digest", folder_.path()};
  }
  TempFolder folder_;
  CorpusSpec spec_;
  std::map<std::string, Artifact> inputs_;
};

TEST_F(CorpusInputs, EvaluationTextsAreInputsAndOutputsOfTheParts) {
  Write(folder_ / "validation.jsonl",
        AlpacaLine({"Translate.", "Open it", "打开它", "en_zh"}) + "\n");
  Write(folder_ / "test.jsonl",
        AlpacaLine({"将“关闭它”翻译成英文。", "", "Close it", "zh_en"}) + "\n");
  Write(folder_ / "sft.jsonl", AlpacaLine({"Translate.", "Save it", "保存它", "en_zh"}) + "\n");
  const auto texts = ReadEvaluationTexts(spec_, inputs_);
  ASSERT_TRUE(texts.ok()) << texts.status();
  for (const char* text : {"Open it", "打开它", "关闭它", "Close it"}) {
    EXPECT_TRUE((*texts)->Contains(text)) << text;
  }
  for (const char* text : {"Save it", "保存它", "Translate."}) {
    EXPECT_FALSE((*texts)->Contains(text)) << text;
  }
  EXPECT_EQ((*texts)->parts()[0].name, "validation");
  EXPECT_EQ((*texts)->parts()[1].num_texts, 2);
}

TEST_F(CorpusInputs, WithoutADataSetNothingIsExcluded) {
  spec_.exclude.dataset.reset();
  EXPECT_EQ(*ReadEvaluationTexts(spec_, {}), nullptr);
}

TEST_F(CorpusInputs, APartThatIsNotThereIsAUsageError) {
  const absl::Status status = ReadEvaluationTexts(spec_, inputs_).status();
  EXPECT_EQ(ExitCodeFor(status), ExitCode::kUsage);
  EXPECT_THAT(status.message(), HasSubstr("translations@1 has no part validation"));
}

TEST_F(CorpusInputs, FilesOfUnknownFormatAreNamedOrEndTheRun) {
  RunFixture fixture;
  RunContext context = fixture.Start("run");
  Write(folder_ / "in/a.txt", "text");
  Write(folder_ / "in/deep/b.xyz", "?");
  spec_.path = folder_ / "in";
  const auto files = FindCorpusFiles(spec_, context);
  ASSERT_TRUE(files.ok()) << files.status();
  ASSERT_EQ(files->files.size(), 1u);
  EXPECT_EQ(files->files[0].relative_path, "a.txt");
  EXPECT_EQ(files->files[0].source, "path");
  ASSERT_EQ(files->unread.num_rejected(), 1);
  EXPECT_EQ(files->unread.named().begin()->second.rejection.id, "deep/b.xyz");
  spec_.on_invalid = OnInvalid::kError;
  const absl::Status status = FindCorpusFiles(spec_, context).status();
  EXPECT_EQ(ExitCodeFor(status), ExitCode::kBadData);
  EXPECT_THAT(status.message(), HasSubstr("deep/b.xyz: the ending of its name tells no format"));
}

}  // namespace
}  // namespace bench::harness
