// Which rows of a user's own file are held out: a function of their prompt alone, so that equal
// prompts stay together whatever the order of records, and the same prompt is held out in
// fine-tuning and in reward modelling.
//
// held out iff u < fraction, u = the first 52 bits of
// SHA-256("bench-split\n" instruction "\n" input) / 2^52. Of a conversation it is the user's first
// message that counts, without input: what was said then is part of each later prompt.
// Of few prompts that may be none, or all of them: then the one of the smallest (largest) u changes
// sides, so that of two prompts one is held out and one is trained on.
#pragma once

#include <algorithm>
#include <iterator>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/data/conversation.h"

namespace bench::harness {

// u, in [0, 1).
double HeldOutHash(std::string_view instruction, std::string_view input);
double HeldOutHash(std::string_view instruction, std::string_view input,
                   const EarlierTurns& earlier);

// The rows of both parts, or of one task in both.
template <typename Row>
struct SplitRows {
  std::vector<Row>* training;
  std::vector<Row>* held_out;
};

namespace internal {

// Rows of which hash change sides.
struct MovedPrompt {
  enum class To { kHeldOut, kTraining } to;
  double hash = 0;
};
// None where both parts have rows, or there is one prompt only.
std::optional<MovedPrompt> PromptToMove(const std::vector<double>& training,
                                        const std::vector<double>& held_out);

}  // namespace internal

// Where one part has no row in any of `lists`, gives it those of one prompt. `hash_of` a row is
// HeldOutHash. Rows keep their order.
template <typename Row, typename HashOf>
void FillEmptyPart(const std::vector<SplitRows<Row>>& lists, const HashOf& hash_of) {
  const auto has_rows = [&lists](std::vector<Row>* SplitRows<Row>::*part) {
    return std::any_of(lists.begin(), lists.end(),
                       [part](const SplitRows<Row>& rows) { return !(rows.*part)->empty(); });
  };
  if (has_rows(&SplitRows<Row>::training) && has_rows(&SplitRows<Row>::held_out)) return;
  std::vector<double> training, held_out;
  for (const SplitRows<Row>& rows : lists) {
    for (const Row& row : *rows.training) training.push_back(hash_of(row));
    for (const Row& row : *rows.held_out) held_out.push_back(hash_of(row));
  }
  const auto moved = internal::PromptToMove(training, held_out);
  if (!moved) return;
  const bool holds_out = moved->to == internal::MovedPrompt::To::kHeldOut;
  for (const SplitRows<Row>& rows : lists) {
    std::vector<Row>& from = holds_out ? *rows.training : *rows.held_out;
    std::vector<Row>& to = holds_out ? *rows.held_out : *rows.training;
    const auto leaving = std::stable_partition(
        from.begin(), from.end(), [&](const Row& row) { return hash_of(row) != moved->hash; });
    std::move(leaving, from.end(), std::back_inserter(to));
    from.erase(leaving, from.end());
  }
}

}  // namespace bench::harness
