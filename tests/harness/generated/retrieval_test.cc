#include "harness/generated/retrieval.h"

#include <map>
#include <set>

#include "tests/harness/generated/drawn_rows.h"

namespace bench::harness::generated {
namespace {

GeneratedSpec Retrieval(int64_t length) {
  GeneratedSpec spec;
  spec.grammar = Grammar::kRetrieval;
  spec.retrieval.length = length;
  return spec;
}

TEST(Retrieval, TheAnswerIsTheKeyOfTheOnlyLineThatHasOne) {
  const RowSource source = SourceOf(Retrieval(64));
  std::set<char> answers;
  for (const Row& row : RowsOf(source, Part::kTrain, 400)) {
    const std::string text = TextOf(source.grammar(), row);
    ASSERT_EQ(text.size(), 64U);
    EXPECT_EQ(Marks(row), std::string(63, '0') + "2");
    const size_t line = text.find("|key=");
    ASSERT_NE(line, std::string::npos);
    EXPECT_EQ(text.find("|key=", line + 1), std::string::npos);
    EXPECT_EQ(text[line + 6], '|');
    EXPECT_EQ(text.substr(58, 5), "|key?");
    EXPECT_EQ(text[line + 5], text.back());
    answers.insert(text.back());
  }
  EXPECT_EQ(answers.size(), 16U);
}

// 52 places for the line of a row of 64: a group has 6 or 7 of them.
TEST(Retrieval, GroupsArePlacesFromTheBeginningOn) {
  const RowSource source = SourceOf(Retrieval(64));
  std::map<int64_t, std::set<size_t>> places;
  for (const Row& row : RowsOf(source, Part::kTrain, 2000)) {
    const size_t place = TextOf(source.grammar(), row).find("|key=");
    EXPECT_EQ(row.group, static_cast<int64_t>(place * 8 / 52));
    places[row.group].insert(place);
  }
  ASSERT_EQ(places.size(), 8U);
  EXPECT_EQ(*places[0].begin(), 0U);
  EXPECT_EQ(*places[7].rbegin(), 51U);
  EXPECT_EQ(source.grammar().groups().at(7), "depth_7");
}

// A model that is trained on rows of one length is asked the words of another one's.
TEST(Retrieval, TheWordsDoNotDependOnTheLength) {
  std::set<std::string> words[2];
  const int64_t lengths[] = {64, 256};
  for (size_t i = 0; i < 2; ++i) {
    GeneratedSpec spec = Retrieval(lengths[i]);
    spec.retrieval.words = 3;
    const RowSource source = SourceOf(spec);
    for (const Row& row : RowsOf(source, Part::kTrain, 50)) {
      const std::string text = TextOf(source.grammar(), row);
      const size_t end = text.find_first_of(" |");
      if (text[end] == ' ') words[i].insert(text.substr(0, end));  // else the line cuts it
    }
    EXPECT_EQ(words[i].size(), 3U);
  }
  EXPECT_EQ(words[0], words[1]);
}

TEST(Retrieval, TheShortestRowHasTwoPlaces) {
  GeneratedSpec spec = Retrieval(14);
  spec.retrieval.depths = 2;
  spec.held_out_fraction = 0.001;
  const RowSource source = SourceOf(spec);
  for (const Row& row : RowsOf(source, Part::kTrain, 20)) {
    const std::string text = TextOf(source.grammar(), row);
    EXPECT_EQ(text.size(), 14U);
    EXPECT_EQ(row.group, text[0] == '|' ? 0 : 1);
  }
}

}  // namespace
}  // namespace bench::harness::generated
