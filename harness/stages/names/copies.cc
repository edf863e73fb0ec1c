#include "harness/stages/names/copies.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <utility>

#include "harness/generated/symbol_model.h"

namespace bench::harness {
namespace {

using generated::kEndToken;
// Key and group -> what the group answers, with its end.
using AnswersByGroup = std::map<std::pair<uint64_t, int64_t>, std::vector<int64_t>>;

AnswersByGroup AnswersOf(const std::vector<DatasetRow>& alternatives) {
  AnswersByGroup answers;
  for (const DatasetRow& row : alternatives) {
    const RowParts parts = PartsOf(row);
    answers.emplace(std::pair(row.key, row.group),
                    std::vector<int64_t>(parts.written.begin(), parts.written.end()));
  }
  return answers;
}

std::vector<int64_t> EnglishWithEnd(const DatasetRow& row) {
  std::vector<int64_t> tokens = EnglishOf(row);
  tokens.push_back(kEndToken);
  return tokens;
}

}  // namespace

std::vector<Copy> ScoreCopies(const NameRows& rows, const std::vector<std::string>& languages) {
  const AnswersByGroup answers = AnswersOf(rows.alternatives);
  std::vector<Copy> copies(languages.size());
  for (size_t i = 0; i < copies.size(); ++i) copies[i].of = i == 0 ? "en" : languages[i];
  for (const DatasetRow& row : rows.validation) {
    if (row.group != 0) continue;
    const std::vector<int64_t> english = EnglishWithEnd(row);
    for (size_t i = 0; i < copies.size(); ++i) {
      const auto found = answers.find({row.key, static_cast<int64_t>(i)});
      const bool has_name = i > 0 && found != answers.end();
      copies[i].answers.Add(row, has_name ? found->second : english, kEndToken);
    }
  }
  return copies;
}

const Copy* NearestCopy(const std::vector<Copy>& copies) {
  if (copies.size() < 2) return nullptr;
  return &*std::min_element(copies.begin() + 1, copies.end(), [](const Copy& a, const Copy& b) {
    return a.answers.symbol_error_rate() < b.answers.symbol_error_rate();
  });
}

}  // namespace bench::harness
