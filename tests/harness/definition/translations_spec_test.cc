#include "harness/definition/translations_spec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/harness/definition/sample_definitions.h"

namespace bench::harness {
namespace {

using testing::HasSubstr;

TEST(TranslationsSpec, IsReadFromItsTable) {
  const auto definition = Decode(kSmallTranslations, {"translations.max_characters=20"});
  ASSERT_TRUE(definition.ok()) << definition.status();
  const auto& spec = std::get<TranslationsSpec>(definition->stage);
  EXPECT_EQ(spec.sources, (std::vector<std::string>{"bash", "coreutils"}));
  EXPECT_EQ(spec.max_characters, 20);
}

TEST(TranslationsSpec, PartsSumToOne) {
  EXPECT_EQ(
      Refusal(kSmallTranslations, {"translations.parts.sft=0.6", "translations.parts.reward=0.2"}),
      "");
  EXPECT_THAT(
      Refusal(std::string(kSmallTranslations) + "[translations.parts]\nsft = 0.6\n"),
      AllOf(HasSubstr("d.toml:4:1: translations.parts: sum to 0.9"), HasSubstr("instead of 1")));
}

TEST(TranslationsSpec, SourcesAreNamedOnceAndNotNone) {
  EXPECT_THAT(Refusal(kSmallTranslations, {"translations.sources=[]"}),
              HasSubstr("needs at least one source"));
  EXPECT_THAT(Refusal(kSmallTranslations, {"translations.sources=[\"a\",\"a\"]"}),
              HasSubstr("a is named twice"));
}

}  // namespace
}  // namespace bench::harness
