#include "harness/tokenizers/added_tokens.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bench::harness {
namespace {

using ::testing::ElementsAre;

AddedToken Token(int64_t id, std::string content) {
  AddedToken token;
  token.id = id;
  token.content = std::move(content);
  return token;
}

// Texts as they are, tokens as "[id]".
std::vector<std::string> Parts(const AddedTokenFinder& finder, std::string_view text,
                               SpecialTokenText special = SpecialTokenText::kIsToken) {
  std::vector<std::string> parts;
  finder.Split(
      text, special, [&](std::string_view part) { parts.emplace_back(part); },
      [&](const AddedToken& token) { parts.push_back("[" + std::to_string(token.id) + "]"); });
  return parts;
}

TEST(AddedTokenFinder, TakesTheLeftmostAndOfTheseTheLongest) {
  const AddedTokenFinder finder(
      {Token(1, "<a>"), Token(2, "<a><b>"), Token(3, "a><"), Token(4, "x")});
  EXPECT_THAT(Parts(finder, "<a><b><a><c>"), ElementsAre("[2]", "[1]", "<c>"));
  EXPECT_THAT(Parts(finder, "xx y"), ElementsAre("[4]", "[4]", " y"));
  EXPECT_THAT(Parts(finder, ""), ElementsAre());
}

TEST(AddedTokenFinder, SpecialTokensAreTextOnDemand) {
  AddedToken special = Token(1, "</s>");
  special.special = true;
  const AddedTokenFinder finder({special, Token(2, "s")});
  EXPECT_THAT(Parts(finder, "a</s>s"), ElementsAre("a", "[1]", "[2]"));
  // What lies inside a special token that is passed over is not looked at again.
  EXPECT_THAT(Parts(finder, "a</s>s", SpecialTokenText::kIsText), ElementsAre("a</s>", "[2]"));
}

TEST(AddedTokenFinder, StripsTakeSpaceThatNoEarlierTokenHas) {
  AddedToken left = Token(1, "L");
  left.lstrip = true;
  AddedToken right = Token(2, "R");
  right.rstrip = true;
  const AddedTokenFinder finder({left, right});
  EXPECT_THAT(Parts(finder, "a \u3000\nL b"), ElementsAre("a", "[1]", " b"));
  EXPECT_THAT(Parts(finder, "a R \u2003b"), ElementsAre("a ", "[2]", "b"));
  EXPECT_THAT(Parts(finder, "R  L"), ElementsAre("[2]", "[1]"));
}

}  // namespace
}  // namespace bench::harness
