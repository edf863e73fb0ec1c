// The experiments that compare the shapes of families (experiments/family_llama2/README.md).
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "gtest/gtest.h"
#include "harness/definition/canonical.h"
#include "harness/model_io/decoder_artifact.h"
#include "harness/model_io/family_form.h"
#include "models/blocks/decoder_blocks.h"
#include "tests/harness/definition/sample_definitions.h"

namespace bench::harness {
namespace {

constexpr int64_t kVocabulary = 4200;  // of translations_tokenizer@1

Definition ReadExperiment(const std::string& name) {
  const auto toml =
      ReadFile(absl::StrCat(BENCH_SOURCE_DIR, "/experiments/", name, "/v1.toml"), 1 << 16);
  EXPECT_TRUE(toml.ok()) << toml.status();
  const auto definition = Decode(*toml);
  EXPECT_TRUE(definition.ok()) << definition.status();
  return *definition;
}

// What it trains with, whatever it trains.
std::string WithoutModel(Definition definition) {
  definition.title.clear();
  std::get<ClmSpec>(definition.stage).model = {};
  return CanonicalJson(definition);
}

// Parameters by hand: 2 x 4,200 x 128 of embedding and head, three layers of 197,888 (LLaMA2's: 4 x
// 128 x 128 of attention, 3 x 128 x 344 of the MLP, two norms), a norm; the others in their forms.
TEST(FamilyExperiments, DifferInTheModelAloneAndAreOfEqualSize) {
  const std::pair<const char*, int64_t> experiments[] = {
      {"family_llama2", 1'668'992}, {"family_qwen", 1'670'144}, {"family_chatglm2", 1'668'992},
      {"family_falcon", 1'669'120}, {"family_moss", 1'672'168}, {"family_baichuan13b", 1'668'992}};
  const std::string shared = WithoutModel(ReadExperiment("family_llama2"));
  for (const auto& [name, parameters] : experiments) {
    const Definition definition = ReadExperiment(name);
    EXPECT_EQ(WithoutModel(definition), shared) << name;
    const models::DecoderConfig config =
        DecoderConfigOf(std::get<ClmSpec>(definition.stage).model, kVocabulary);
    EXPECT_TRUE(CheckFilesHold(config).ok()) << name << ": " << CheckFilesHold(config);
    EXPECT_EQ(models::NumParameters(config), parameters) << name;
  }
}

}  // namespace
}  // namespace bench::harness
