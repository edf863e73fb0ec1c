#include "harness/run/unread_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/status.h"
#include "tests/support/temp_folder.h"

namespace bench::harness {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class UnreadFileTest : public ::testing::Test {
 protected:
  void Write(const std::string& name, const std::string& bytes) {
    ASSERT_TRUE(PublishFile(folder_ / name, bytes).ok());
  }
  std::string What(const std::string& name) {
    const auto what = UnreadFile(folder_ / name);
    EXPECT_TRUE(what.ok()) << what.status();
    return what.value_or("");
  }
  std::string WhatOfFolder() {
    const auto what = UnreadFolder(folder_.path());
    EXPECT_TRUE(what.ok()) << what.status();
    return what.value_or("");
  }

  const TempFolder folder_;
};

TEST_F(UnreadFileTest, WeightsAreSentToTheirFolderOrSaidToLackTheirConfiguration) {
  Write("model.safetensors", "x");
  EXPECT_THAT(What("model.safetensors"),
              AllOf(StartsWith("the weights of a model (safetensors)"),
                    HasSubstr("config.json, which says the family and the geometry, is missing"),
                    HasSubstr("copy it")));
  EXPECT_THAT(WhatOfFolder(), AllOf(HasSubstr("\"model.safetensors\""), HasSubstr("config.json")));
  Write("config.json", "{}");
  EXPECT_THAT(What("model.safetensors"), HasSubstr("--inspect " + folder_.path()));
}

TEST_F(UnreadFileTest, PicklesAreNeverReadAndTheWayToConvertThemIsSaid) {
  Write("pytorch_model.bin", "PK\x03\x04");
  Write("old.pt", "\x80\x02");
  for (const char* name : {"pytorch_model.bin", "old.pt"}) {
    EXPECT_THAT(What(name), AllOf(StartsWith("weights in a pickle"), HasSubstr("save_pretrained")));
  }
  Write("other.bin", "\x01\x02");
  EXPECT_EQ(What("other.bin"), "");
  EXPECT_THAT(WhatOfFolder(), HasSubstr("\"pytorch_model.bin\""));
}

TEST_F(UnreadFileTest, FormatsOfOthersAreKnownByTheirFirstBytes) {
  Write("a", "%PDF-1.7");
  EXPECT_THAT(What("a"), AllOf(HasSubstr("PDF"), HasSubstr("pdftotext")));
  Write("a.xlsx", "PK\x03\x04");
  EXPECT_THAT(What("a.xlsx"), AllOf(HasSubstr("ZIP"), HasSubstr("CSV")));
  Write("a", std::string("GGUF\x03\0\0\0\x01", 9));
  EXPECT_THAT(What("a"), HasSubstr("llama.cpp"));
  Write("a", std::string("ARROW1\0\0\xFF", 9));
  EXPECT_THAT(What("a"), HasSubstr("Parquet"));
  Write("a.txt", "A text.");
  EXPECT_EQ(What("a.txt"), "");
  Write("empty", "");
  EXPECT_EQ(What("empty"), "");
  EXPECT_EQ(ExitCodeFor(UnreadFile(folder_ / "absent").status()), ExitCode::kEnvironment);
}

TEST_F(UnreadFileTest, TextsMayBeginAsFormatsOfOthersDo) {
  for (const char* text :
       {"GGUF", "GGUF is a format.", "%PDF-1.7 begins a file.", "ARROW1 is a name."}) {
    for (const char* name : {"a.md", "a.txt"}) {
      Write(name, text);
      EXPECT_EQ(What(name), "") << text;
    }
  }
}

TEST_F(UnreadFileTest, PartsOfFoldersSayWhatIsMissing) {
  EXPECT_EQ(WhatOfFolder(), "");
  Write("tokenizer_config.json", "{}");
  EXPECT_THAT(WhatOfFolder(),
              AllOf(HasSubstr("without tokenizer.json"), HasSubstr("transformers")));
  Write("data-00000-of-00001.arrow", "x");
  EXPECT_THAT(WhatOfFolder(), HasSubstr("save_to_disk"));
  Write("adapter_config.json", "{}");
  EXPECT_THAT(WhatOfFolder(), HasSubstr("merge_and_unload"));
}

RowShape Lines(const FieldKinds& fields) {
  return {DataFormat::kJson, {JsonLayout::kOneRecord}, fields};
}

TEST(UnreadRows, AFileOfAModelFolderIsSentToIt) {
  EXPECT_EQ(UnreadRows("m/config.json", Lines({{"model_type", FieldKind::kText}})),
            "the configuration of a model (config.json): a model is read as a folder: --inspect m");
  EXPECT_THAT(UnreadRows("x.json", Lines({{"weight_map", FieldKind::kOther}})),
              AllOf(StartsWith("the index of a model's weights"), HasSubstr("--inspect .")));
  EXPECT_THAT(UnreadRows("tokenizer_config.json", Lines({{"bos_token", FieldKind::kText}})),
              HasSubstr("--inspect ."));
  EXPECT_THAT(UnreadRows("a.json", Lines({{"peft_type", FieldKind::kText}})),
              HasSubstr("merge_and_unload"));
}

TEST_F(UnreadFileTest, LinesWithAFieldOfAConfigurationAreNone) {
  const std::string line = "{\"model_type\": \"llama\"}\n";
  const RowShape shape = Lines({{"model_type", FieldKind::kText}});
  Write("models.jsonl", line);
  Write("models.json", line + line);
  for (const char* name : {"models.jsonl", "models.json"}) {
    EXPECT_THAT(UnreadRows(folder_ / name, shape),
                StartsWith("JSON lines whose objects are no records: model_type (text)"));
  }
  Write("one.json", line);
  EXPECT_THAT(UnreadRows(folder_ / "one.json", shape), StartsWith("the configuration of a model"));
}

TEST(UnreadRows, OtherFieldsAreNamedBesideThoseThatRecordsHave) {
  EXPECT_THAT(UnreadRows("v.json", Lines({{"version", FieldKind::kOther}})),
              AllOf(StartsWith("a JSON object that is no record and holds no list of records: "
                               "version (other)"),
                    HasSubstr("instruction and output"), HasSubstr("rename the fields")));
  EXPECT_THAT(UnreadRows("v.jsonl", Lines({{"question", FieldKind::kText}})),
              StartsWith("JSON lines whose objects are no records: question (text)"));
  EXPECT_THAT(UnreadRows("v.csv", {DataFormat::kCsv, {}, {{"a;b", FieldKind::kText}}}),
              AllOf(StartsWith("a table (CSV) whose columns are no record's: a;b (text)"),
                    HasSubstr("separated by ;")));
}

}  // namespace
}  // namespace bench::harness
