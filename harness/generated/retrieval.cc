#include "harness/generated/retrieval.h"

#include <cstdint>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"

namespace bench::harness::generated {
namespace {

constexpr uint64_t kLetters = 26;
constexpr int64_t kShortestWord = 2;
constexpr uint64_t kWordLengths = 5;

std::string Alphabet(const RetrievalSpec& spec) {
  std::string alphabet;
  for (uint64_t i = 0; i < kLetters; ++i) alphabet += static_cast<char>('a' + static_cast<int>(i));
  absl::StrAppend(&alphabet, " |=?");
  for (int64_t i = 0; i < spec.values; ++i) alphabet += static_cast<char>('A' + i);
  return alphabet;
}

std::vector<std::string> Words(int64_t count, Random random) {
  std::set<std::string> seen;
  std::vector<std::string> words;
  while (std::ssize(words) < count) {
    std::string word;
    const int64_t length = kShortestWord + static_cast<int64_t>(random.Below(kWordLengths));
    for (int64_t i = 0; i < length; ++i) {
      word += static_cast<char>('a' + static_cast<int>(random.Below(kLetters)));
    }
    word += ' ';
    if (seen.insert(word).second) words.push_back(std::move(word));
  }
  return words;
}

std::vector<std::string> DepthGroups(int64_t count) {
  std::vector<std::string> groups;
  for (int64_t i = 0; i < count; ++i) groups.push_back(absl::StrCat("depth_", i));
  return groups;
}

}  // namespace

RetrievalGrammar::RetrievalGrammar(const RetrievalSpec& spec, const KeySplit& split)
    : RowGrammar(Characters(Alphabet(spec)).symbols(), DepthGroups(spec.depths)),
      spec_(spec),
      characters_(Alphabet(spec)),
      words_(Words(spec.words, split.Stream("retrieval/words"))) {}

Row RetrievalGrammar::Draw(Part, int64_t, RowStreams& streams) const {
  Random& random = streams.row;
  const int64_t num_places = spec_.filler() + 1;
  const auto value = random.Below(static_cast<uint64_t>(spec_.values));
  const auto place = static_cast<int64_t>(random.Below(static_cast<uint64_t>(num_places)));
  const auto filler = static_cast<size_t>(spec_.filler());
  std::string text;
  while (text.size() < filler) text += words_[random.Below(words_.size())];
  text.resize(filler);
  const std::string before = text.substr(0, static_cast<size_t>(place));
  const std::string behind = text.substr(static_cast<size_t>(place));
  const std::string answer(1, static_cast<char>('A' + static_cast<int>(value)));
  const std::string given = absl::StrCat(before, "|key=", answer, "|", behind, "|key?");
  Row row;
  row.group = place * spec_.depths / num_places;
  row.key = absl::StrCat(given, answer);
  characters_.Append(given, TokenMark::kGiven, row);
  characters_.Append(answer, TokenMark::kAnswer, row);
  return row;
}

}  // namespace bench::harness::generated
