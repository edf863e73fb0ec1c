// Names of a base model's tensors: transformers saves `LlamaModel` without the prefix "model." that
// the same tensors have in a model with a head, and loads either.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "models/decoder.h"

namespace bench::models {

// Puts the prefix before all names but those of heads, where no name has it yet.
inline void AddModelPrefix(std::vector<NamedTensor>& tensors) {
  constexpr std::string_view kPrefix = "model.";
  const auto is_head = [](const std::string& name) {
    return name == "lm_head.weight" || name == "score.weight";
  };
  const bool has_prefix = std::any_of(tensors.begin(), tensors.end(), [&](const NamedTensor& t) {
    return std::string_view(t.name).starts_with(kPrefix);
  });
  if (has_prefix) return;
  for (NamedTensor& t : tensors) {
    if (!is_head(t.name)) t.name.insert(0, kPrefix);
  }
}

}  // namespace bench::models
