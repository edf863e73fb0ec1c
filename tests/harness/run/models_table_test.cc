#include "harness/run/models_table.h"

#include <nlohmann/json.hpp>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/families/family.h"

namespace bench::harness {
namespace {

using testing::HasSubstr;

std::string AxesOf(std::string_view name) {
  return AxesText(models::FindPublishedModel(name)->config);
}

TEST(ModelsTable, SaysEachAxis) {
  EXPECT_EQ(AxesOf("llama2-70b"),
            "RMSNorm, sequential, RoPE, GQA 8 of 64, no bias, SwiGLU, untied");
  EXPECT_EQ(AxesOf("baichuan2-13b"),
            "RMSNorm, sequential, ALiBi, MHA 40, no bias, SwiGLU, normalised head");
  EXPECT_EQ(
      AxesOf("bloom-7b1"),
      "LayerNorm (+ embedding), sequential, ALiBi, MHA 32, bias qkv+o+mlp, GELU (tanh), tied");
  EXPECT_EQ(AxesOf("falcon-40b"),
            "LayerNorm, parallel, two norms, RoPE, GQA 8 of 128, no bias, GELU, tied");
  EXPECT_EQ(AxesOf("moss-moon-003"),
            "LayerNorm, parallel, one norm, RoPE 64 of 256, MHA 24, bias mlp+head, GELU (tanh), "
            "untied");
  EXPECT_EQ(AxesOf("qwen-7b"),
            "RMSNorm, sequential, RoPE dynamic NTK, log n, MHA 32, bias qkv, SwiGLU, untied");
}

TEST(ModelsTable, HasParametersInFullAndTheClosedModels) {
  const std::string text = ModelsText();
  EXPECT_THAT(text, HasSubstr("6,738,415,616"));
  for (const char* name :
       {"ChatGPT", "GPT-4", "Claude 2", "Bard", "Gemini", "PaLM 2", "Grok", "ERNIE", "SenseNova",
        "Spark", "360", "Pangu 3", "Doubao", "Hunyuan", "Pi"}) {
    EXPECT_THAT(text, HasSubstr(name));
  }
  EXPECT_THAT(text, HasSubstr("no weights published"));
}

TEST(ModelsTable, JsonHasEveryPublishedModel) {
  const auto json = nlohmann::json::parse(ModelsJson());
  EXPECT_EQ(json["format"], "bench-models");
  EXPECT_EQ(json["models"].size(), models::PublishedModels().size());
  EXPECT_EQ(json["models"][0]["parameters"], 6'738'415'616);
  EXPECT_EQ(json["closed"].size(), 16u);
}

}  // namespace
}  // namespace bench::harness
