#include "harness/generated/s5.h"

#include <algorithm>
#include <map>
#include <set>
#include <sstream>

#include "tests/harness/generated/drawn_rows.h"

namespace bench::harness::generated {
namespace {

GeneratedSpec Spec(S5Steps written) {
  GeneratedSpec spec;
  spec.grammar = Grammar::kS5;
  spec.s5.written = written;
  return spec;
}

struct Question {
  std::vector<std::string> permutations;
  int64_t start = 0;
  std::vector<std::string> written;  // with the end
};
Question Read(const std::string& text) {
  Question question;
  std::istringstream words(text);
  std::string word;
  while (words >> word && word != "=") question.permutations.push_back(word);
  words >> question.start;
  while (words >> word) question.written.push_back(word);
  return question;
}

// What each permutation does to each place, as far as chains of rows have shown it.
class Learnt {
 public:
  // False where it contradicts what was shown before.
  bool Show(const std::string& permutation, int64_t from, int64_t to) {
    return images_.try_emplace({permutation, from}, to).first->second == to;
  }
  const std::map<std::pair<std::string, int64_t>, int64_t>& images() const { return images_; }

 private:
  std::map<std::pair<std::string, int64_t>, int64_t> images_;
};

TEST(S5, ChainsAreThoseOfTwelveFixedPermutations) {
  const RowSource source = SourceOf(Spec(S5Steps::kChain));
  Learnt learnt;
  for (const Row& row : RowsOf(source, Part::kTrain, 300)) {
    const Question question = Read(TextOf(source.grammar(), row));
    const size_t count = question.permutations.size();
    ASSERT_EQ(question.written.size(), count + 1);
    EXPECT_EQ(question.written.back(), "</s>");
    EXPECT_EQ(Marks(row), std::string(count + 2, '0') + std::string(count - 1, '1') + "22");
    int64_t state = question.start;
    for (size_t i = 0; i < count; ++i) {
      const int64_t next = std::stoll(question.written[i]);
      EXPECT_TRUE(learnt.Show(question.permutations[i], state, next));
      state = next;
    }
  }
  std::map<std::string, std::set<int64_t>> images;
  for (const auto& [from, to] : learnt.images()) images[from.first].insert(to);
  EXPECT_EQ(images.size(), 12U);
  for (const auto& [name, places] : images) EXPECT_EQ(places.size(), 5U) << name;
}

// The arms of one base seed ask the same questions in both parts and have the same answers: wrong
// states have a stream of their own.
TEST(S5, ArmsDifferInWhatIsWrittenOnly) {
  const RowSource treatment = SourceOf(Spec(S5Steps::kChain));
  const std::vector<Row> chain = RowsOf(treatment, Part::kTrain, 100);
  const std::map<S5Steps, std::string> steps = {
      {S5Steps::kDirect, ""}, {S5Steps::kFiller, "0"}, {S5Steps::kWrong, "1"}};
  for (const auto& [written, mark] : steps) {
    const RowSource source = SourceOf(Spec(written));
    ExpectTheSameQuestions(source, treatment);
    const std::vector<Row> rows = RowsOf(source, Part::kTrain, 100);
    for (size_t i = 0; i < rows.size(); ++i) {
      const size_t count = Read(TextOf(source.grammar(), rows[i])).permutations.size();
      std::string marks(count + 2, '0');
      for (size_t step = 1; step < count; ++step) marks += mark;
      EXPECT_EQ(Marks(rows[i]), marks + "22");
      EXPECT_EQ(rows[i].tokens.rbegin()[1], chain[i].tokens.rbegin()[1]);
    }
  }
}

// The same questions and answers as without: only dots before the "=" are new.
TEST(S5, AlignedQuestionsAreAllAsLongAsTheLongest) {
  for (const S5Steps written :
       {S5Steps::kChain, S5Steps::kDirect, S5Steps::kFiller, S5Steps::kWrong}) {
    GeneratedSpec spec = Spec(written);
    const std::vector<Row> usual = RowsOf(SourceOf(spec), Part::kTrain, 60);
    spec.s5.aligned = true;
    const RowSource source = SourceOf(spec);
    const std::vector<Row> aligned = RowsOf(source, Part::kTrain, 60);
    for (size_t i = 0; i < aligned.size(); ++i) {
      std::string text = TextOf(source.grammar(), aligned[i]);
      const size_t count =
          static_cast<size_t>(std::count(aligned[i].key.begin(), aligned[i].key.end(), 'p'));
      const Question question = Read(text);
      EXPECT_EQ(question.permutations.size(), 24U) << text;
      std::string dots;
      for (size_t step = count; step < 24; ++step) dots += ". ";
      const size_t first_dot = text.find('=') - dots.size();
      EXPECT_EQ(text.substr(first_dot, dots.size()), dots);
      EXPECT_EQ(text.erase(first_dot, dots.size()), TextOf(source.grammar(), usual[i]));
      EXPECT_EQ(Marks(aligned[i]), std::string(24 - count, '0') + Marks(usual[i]));
      EXPECT_EQ(aligned[i].key, usual[i].key);
      EXPECT_EQ(aligned[i].group, usual[i].group);
    }
  }
}

TEST(S5, GroupsAreThePowersOfTwoFromTheStepsOn) {
  const RowSource source = SourceOf(Spec(S5Steps::kDirect));
  EXPECT_EQ(source.grammar().groups(),
            (std::vector<std::string>{"steps_to_2", "steps_to_4", "steps_to_8", "steps_to_16",
                                      "steps_to_32"}));
  for (const Row& row : RowsOf(source, Part::kTrain, 100)) {
    const size_t count = Read(TextOf(source.grammar(), row)).permutations.size();
    const size_t most = size_t{2} << row.group;
    EXPECT_LE(count, most);
    EXPECT_GT(2 * count, most);
  }
}

}  // namespace
}  // namespace bench::harness::generated
