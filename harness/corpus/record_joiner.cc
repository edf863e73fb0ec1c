#include "harness/corpus/record_joiner.h"

#include "harness/text/text.h"

namespace bench::corpus {

std::optional<std::string> RecordJoiner::Add(std::string_view record) {
  if (!joined_.empty()) joined_ += separator_;
  joined_ += record;
  num_characters_ += harness::NumCharacters(record);
  if (num_characters_ < min_characters_) return std::nullopt;
  return Take();
}

std::string RecordJoiner::Take() {
  num_characters_ = 0;
  return std::exchange(joined_, "");
}

}  // namespace bench::corpus
