// Tensors of files that are not what a decoder's parameters are called.
//
// transformers saves a base model (`LlamaModel`) without the prefix that the same tensors have in a
// model with a head ("model.", "transformer."), and loads either. Old files carry buffers.
#pragma once

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "models/decoder.h"
#include "models/families/family.h"

namespace bench::models {

// Buffers that old files carry and no decoder needs: angles and masks.
inline bool IsRecomputed(std::string_view name) {
  constexpr std::string_view kBuffers[] = {".inv_freq", ".attn.causal_mask", ".attn.bias",
                                           ".attention.bias", ".masked_bias"};
  return std::any_of(std::begin(kBuffers), std::end(kBuffers), [&](std::string_view suffix) {
    return name.size() > suffix.size() && name.ends_with(suffix);
  });
}

// Puts the family's prefix before all names but those of heads, where no name has it yet.
inline void AddModelPrefix(const TensorNames& names, std::vector<NamedTensor>& tensors) {
  const std::string_view prefix = names.layers.substr(0, names.layers.find('.') + 1);
  const auto is_head = [&](std::string_view name) {
    return name.starts_with("score.") || name.starts_with(std::string(names.head) + ".");
  };
  const bool has_prefix = std::any_of(tensors.begin(), tensors.end(), [&](const NamedTensor& t) {
    return std::string_view(t.name).starts_with(prefix);
  });
  if (has_prefix) return;
  for (NamedTensor& t : tensors) {
    if (!is_head(t.name)) t.name.insert(0, prefix);
  }
}

}  // namespace bench::models
