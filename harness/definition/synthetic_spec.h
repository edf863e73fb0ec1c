// stage = "synthetic": rows of random tokens of given lengths, for measuring speed where the text
// does not matter. What reads them is the stage of training itself, so its speed is measured as it
// is shipped; programs of others read the same rows (harness/stages/synthetic/stage.h).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bench::harness {

class FieldList;
class Violations;

// What the rows are for, and so what the artifact looks like.
//   kStream        stage "clm": one document of num_rows x row_tokens + 1 tokens
//   kInstructions  stages "sft" and "ppo": a prompt and its response
//   kPreferences   stage "reward": a prompt, a chosen and a rejected response
enum class SyntheticRows { kStream, kInstructions, kPreferences };
constexpr std::array<std::string_view, 3> EnumNames(SyntheticRows) {
  return {"stream", "instructions", "preferences"};
}

// Lengths count what the model reads: a prompt's begin token and a response's end token included.
struct SyntheticSpec {
  SyntheticRows rows = SyntheticRows::kStream;  // required
  int64_t vocab_size = 0;                       // required; the four control tokens included
  int64_t num_rows = 0;                         // required; of each part that is trained on
  int64_t num_held_out = 1;                     // of each part that is held out
  int64_t row_tokens = 256;                     // of a stream
  int64_t prompt_tokens = 64;                   // of the others, where there is no file of lengths
  int64_t response_tokens = 64;
  // JSON: "sft" a list of [prompt, response], "preference" one of [prompt, chosen, rejected]; row i
  // of a part has the i-th lengths, from the beginning again where there are more rows.
  std::optional<std::string> lengths;
};

// Control tokens of the vocabulary, and characters that tokens can be written as.
inline constexpr int64_t kSyntheticControlTokens = 4;
inline constexpr int64_t kMaxSyntheticVocabSize = 42000;

void Describe(SyntheticSpec& spec, FieldList& fields);
void Validate(const SyntheticSpec& spec, const Violations& violations);

}  // namespace bench::harness
