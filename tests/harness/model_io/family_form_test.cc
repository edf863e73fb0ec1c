#include "harness/model_io/family_form.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "base/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/families/family.h"

namespace bench::harness {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

models::DecoderConfig Published(std::string_view name) {
  const auto model = models::FindPublishedModel(name);
  EXPECT_TRUE(model.ok()) << model.status();
  return model->config;
}

std::string Refusal(const absl::Status& status) {
  EXPECT_EQ(ExitCodeFor(status), ExitCode::kUsage);
  return std::string(status.message());
}

TEST(CheckFilesHold, EveryPublishedModelIsHeldByItsFamilysFiles) {
  for (const models::NamedModel& model : models::PublishedModels()) {
    EXPECT_TRUE(CheckFilesHold(model.config).ok())
        << model.model->name << ": " << CheckFilesHold(model.config);
  }
}

// Each would be trained, saved, and then be read as another model or not at all.
TEST(CheckFilesHold, NamesWhatAFamilysFilesHaveNoRoomFor) {
  models::DecoderConfig config = Published("baichuan-7b");
  config.num_kv_heads = 8;
  std::get<models::Rope>(config.position).theta = 5e5;
  EXPECT_THAT(Refusal(CheckFilesHold(config)),
              AllOf(HasSubstr("config.json of family baichuan-7b"),
                    HasSubstr("num_kv_heads is 8 here and would be read as 32"),
                    HasSubstr("rope_theta is 5e+05 here and would be read as 10000")));
  config = Published("bloom-7b1");
  config.intermediate_size = 1000;
  EXPECT_THAT(Refusal(CheckFilesHold(config)),
              HasSubstr("intermediate_size is 1000 here and would be read as 16384"));
  config = Published("moss-moon-003");
  config.num_heads = config.num_kv_heads = 6;
  EXPECT_THAT(Refusal(CheckFilesHold(config)), HasSubstr("n_head is not a multiple of 4"));
}

TEST(CheckFilesHold, RulesOfTheDecoderComeFirst) {
  models::DecoderConfig config = Published("llama-7b");
  config.num_kv_heads = 5;
  EXPECT_EQ(Refusal(CheckFilesHold(config)),
            "num_heads = 32 is not a multiple of num_kv_heads = 5");
}

TEST(CheckFilesHold, TheDeviationOfFirstWeightsNeedNotBeKept) {
  models::DecoderConfig config = Published("chatglm2-6b");
  config.initializer_std = 0.5;
  EXPECT_TRUE(CheckFilesHold(config).ok());
}

TEST(CheckRowsOf, OnlyFamiliesWhoseRowsNeedMarksAreRefusedWhereTheTemplateHasNone) {
  for (const models::NamedModel& model : models::PublishedModels()) {
    const absl::Status status = CheckRowsOf(model.config, PromptTemplate::kAlpaca);
    EXPECT_EQ(status.ok(), model.model->name != "chatglm-6b") << model.model->name;
    EXPECT_TRUE(CheckRowsOf(model.config, PromptTemplate::kChatglm).ok());
  }
  EXPECT_THAT(Refusal(CheckRowsOf(Published("chatglm-6b"), PromptTemplate::kChatml)),
              AllOf(HasSubstr("family chatglm: "), HasSubstr("[gMASK]"),
                    HasSubstr("the prompt template \"chatml\" does not write")));
  // ChatGLM2's stands before the prompt, which would then not be read in both directions.
  EXPECT_THAT(Refusal(CheckRowsOf(Published("chatglm-6b"), PromptTemplate::kChatglm2)),
              HasSubstr("the prompt template \"chatglm2\" does not write"));
}

}  // namespace
}  // namespace bench::harness
