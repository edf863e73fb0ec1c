// A small byte-level tokenizer, trained anew: enough for any text, a few milliseconds.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "harness/tokenizers/tokenizer.h"

namespace bench::harness {

inline std::string TinyTokenizerModel(const std::string& last_text = "say number it is") {
  const std::vector<std::string> texts = {"abcdefghijklmnopqrstuvwxyz", "0123456789 .:#\n",
                                          last_text};
  size_t next = 0;
  TokenizerSpec spec;
  spec.algorithm = TokenizerAlgorithm::kCharacter;
  spec.vocab_size = 300;
  auto model = TrainTokenizer(
      [&]() -> std::optional<std::string> {
        if (next == texts.size()) return std::nullopt;
        return texts[next++];
      },
      spec);
  EXPECT_TRUE(model.ok()) << model.status();
  return *model;
}

inline Tokenizer TinyTokenizer() {
  return *Tokenizer::FromModelBytes(TinyTokenizerModel(), "tiny");
}

}  // namespace bench::harness
