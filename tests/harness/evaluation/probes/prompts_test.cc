#include "harness/evaluation/probes/prompts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "absl/strings/str_cat.h"

namespace bench::harness {
namespace {

using testing::HasSubstr;

ProbeDocument Document(const std::string& input, const std::string& target) {
  ProbeDocument document;
  document.input = input;
  document.targets = {target};
  document.sha256 = input;
  return document;
}

std::vector<ProbeDocument> Numbers(int count) {
  std::vector<ProbeDocument> numbers;
  for (int i = 0; i < count; ++i) numbers.push_back(Document(std::to_string(i), "n"));
  return numbers;
}

TEST(ProbePrompts, AreDescriptionExamplesAndInput) {
  ProbeSpec spec;
  spec.description = "Say it.\n";
  spec.shots = 2;
  ProbeDocument choice = Document("c:", "");
  choice.choices = {"no", "yes"};
  choice.gold = {1};
  const auto prompts =
      ProbePrompts::Create(spec, {}, {Document("a:", "b"), choice, Document("d:", "e")}, {});
  ASSERT_TRUE(prompts.ok());
  EXPECT_EQ(prompts->Context(Document("x:", "y")), "Say it.\na: b\n\nc: yes\n\nx:");
  EXPECT_EQ(prompts->delimiter(), " ");
}

TEST(ProbePrompts, OfATaskThatAnnouncesItsAnswersHaveNoDelimiter) {
  ProbeSpec spec;
  ProbeFile file;
  file.description = "Task.";
  file.ends_inputs = true;
  const auto prompts = ProbePrompts::Create(spec, file, {}, {});
  EXPECT_EQ(prompts->Context(Document("\nQ: a\nA: ", "b")), "Task.\nQ: a\nA: ");
  EXPECT_EQ(prompts->delimiter(), "");
}

TEST(ProbePrompts, DrawnExamplesDependOnTheDocumentAndTheSeedAlone) {
  ProbeSpec spec;
  spec.name = "p";
  spec.shots = 3;
  spec.shots_order = ShotOrder::kDrawn;
  const auto prompts = ProbePrompts::Create(spec, {}, Numbers(50), {7, 0});
  const auto other_seed = ProbePrompts::Create(spec, {}, Numbers(50), {8, 0});
  std::set<std::string> contexts;
  for (int i = 0; i < 20; ++i) {
    const ProbeDocument document = Document(absl::StrCat("q", i), "");
    const std::string context = prompts->Context(document);
    EXPECT_EQ(context, prompts->Context(document));
    EXPECT_NE(context, other_seed->Context(document));
    contexts.insert(context.substr(0, context.find('q')));
  }
  EXPECT_GT(contexts.size(), 15U);  // of 50 * 49 * 48 orders two are seldom the same
}

TEST(ProbePrompts, NeedAsManyExamplesAsShots) {
  ProbeSpec spec;
  spec.name = "p";
  spec.shots = 3;
  EXPECT_THAT(ProbePrompts::Create(spec, {}, Numbers(2), {}).status().message(),
              HasSubstr("probe p: its file of examples has 2, fewer than shots = 3"));
}

}  // namespace
}  // namespace bench::harness
