// Instructions of the translation tasks, in Chinese and English, with the text as input or inside.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "harness/data/alpaca.h"

namespace bench::harness {

struct TranslationPair {
  std::string_view task;  // of kTranslationTasks
  std::string input;
  std::string output;
};

// The pair as an example. `draw` selects the wording: a quarter of all draws puts the text into the
// instruction and leaves the input empty.
SftExample WordExample(const TranslationPair& pair, uint64_t draw);

// The pair's input, wherever the wording has put it. For an example of another origin: its input,
// or without one its instruction.
std::string_view InputText(const SftExample& example);

}  // namespace bench::harness
