#include "harness/corpus/wordnet.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/status.h"

namespace bench::corpus {
namespace {

using ::testing::ElementsAre;

// Lines of WordNet 3.0's own files.
TEST(WordNet, ASynsetBecomesASentence) {
  const auto definitions = WordNetDefinitions(
      "  1 This software and database is being provided to you, the LICENSEE, by  \n"
      "00004258 03 n 02 living_thing 0 animate_thing 0 001 @ 00003553 n 0000 | a living (or once "
      "living) entity  \n"
      "00005930 03 n 01 dwarf 0 001 @ 00004475 n 0000 | a plant or animal that is atypically "
      "small  \n"
      "00014490 00 a 02 handsome(a) 0 giving(ip) 0 000 | ample; \"is it enough?\"; who knows?\n");
  ASSERT_TRUE(definitions.ok()) << definitions.status();
  EXPECT_THAT(*definitions,
              ElementsAre("living thing, animate thing: a living (or once living) entity.",
                          "dwarf: a plant or animal that is atypically small.",
                          "handsome, giving: ample; \"is it enough?\"; who knows?"));
}

TEST(WordNet, NumberOfWordsIsHexadecimal) {
  std::string line = "00000001 03 n 0a";
  for (int i = 0; i < 10; ++i) line += " w 0";
  const auto definitions = WordNetDefinitions(line + " 000 | ten\n");
  ASSERT_TRUE(definitions.ok());
  EXPECT_THAT(*definitions, ElementsAre("w, w, w, w, w, w, w, w, w, w: ten."));
}

TEST(WordNet, OtherLinesAreNamed) {
  for (const char* line :
       {"hello", "00000001 03 n 02 a 0 | two words are missing", "00000001 03 n 00 000 | no word",
        "00000001 03 n 01 a 0 000 |  ", "00000001 03 n zz a 0 000 | x", "1 | x"}) {
    const auto definitions = WordNetDefinitions(std::string("  licence\n") + line);
    EXPECT_EQ(ExitCodeFor(definitions.status()), ExitCode::kBadData) << line;
    EXPECT_EQ(definitions.status().message(), "line 2 is no WordNet synset");
  }
}

}  // namespace
}  // namespace bench::corpus
