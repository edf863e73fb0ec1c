// What was said before the message that is answered.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace bench::harness {

// A message of the user and its answer.
struct Turn {
  std::string user;
  std::string assistant;
  bool is_trained = true;  // whether the answer may be learnt from
  friend bool operator==(const Turn&, const Turn&) = default;
};

struct EarlierTurns {
  std::optional<std::string> system;
  std::vector<Turn> turns;  // oldest first

  bool empty() const { return !system && turns.empty(); }
  friend bool operator==(const EarlierTurns&, const EarlierTurns&) = default;
};

}  // namespace bench::harness
