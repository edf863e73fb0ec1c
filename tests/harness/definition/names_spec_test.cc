#include "harness/definition/names_spec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/harness/definition/sample_definitions.h"

namespace bench::harness {
namespace {

using testing::HasSubstr;

constexpr std::string_view kNames = R"(stage = "names"
[names]
sources = ["iso_names"]
languages = ["be", "sr@latin", "pt_BR"]
)";

TEST(NamesSpec, IsReadFromItsTable) {
  const auto definition = Decode(kNames, {"names.held_out_elsewhere=\"left_out\"",
                                          "names.untranslated=\"kept\"", "names.held_out_names=7"});
  ASSERT_TRUE(definition.ok()) << definition.status();
  const auto& spec = std::get<NamesSpec>(definition->stage);
  EXPECT_EQ(spec.languages, (std::vector<std::string>{"be", "sr@latin", "pt_BR"}));
  EXPECT_EQ(spec.held_out_elsewhere, HeldOutElsewhere::kLeftOut);
  EXPECT_EQ(spec.untranslated, Untranslated::kKept);
  EXPECT_EQ(spec.held_out_names, 7);
  EXPECT_EQ(spec.max_characters, 16);
}

TEST(NamesSpec, SourcesAndLanguagesAreNamedOnceAndNotNone) {
  EXPECT_THAT(Refusal(kNames, {"names.sources=[]"}), HasSubstr("needs at least one source"));
  EXPECT_THAT(Refusal(kNames, {"names.sources=[\"a\",\"a\"]"}), HasSubstr("a is named twice"));
  EXPECT_THAT(Refusal(kNames, {"names.languages=[]"}), HasSubstr("needs at least one language"));
  EXPECT_THAT(Refusal(kNames, {"names.languages=[\"be\",\"be\"]"}), HasSubstr("be is named twice"));
}

// A language with rows is in the vocabulary anyway.
TEST(NamesSpec, VocabularyLanguagesAreOthers) {
  EXPECT_EQ(Refusal(kNames, {"names.vocabulary_languages=[\"de\"]"}), "");
  EXPECT_THAT(Refusal(kNames, {"names.vocabulary_languages=[\"be\"]"}),
              AllOf(HasSubstr("names.vocabulary_languages"), HasSubstr("be is named twice")));
}

TEST(NamesSpec, LanguagesAreThoseOfCatalogues) {
  for (const char* language : {"", "be<", "../be", "b e"}) {
    EXPECT_THAT(Refusal(kNames, {absl::StrCat("names.languages=[\"", language, "\"]")}),
                HasSubstr("no language of a catalogue"))
        << language;
  }
}

}  // namespace
}  // namespace bench::harness
