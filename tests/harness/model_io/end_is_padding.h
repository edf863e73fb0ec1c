// A tokenizer whose padding token is its end token, as models of GPT-2's kind are set up. Trainers
// that mask padding by its id never train the end there (trl#1623, trl#3091).
#pragma once

#include "base/file.h"
#include "gtest/gtest.h"
#include "harness/tokenizers/tokenizer.h"

namespace bench::harness {

inline Tokenizer EndIsPaddingTokenizer() {
  const auto json = ReadFile(BENCH_TEST_DATA "/harness/tokenizers/golden/tokenizer_qwen2.json");
  EXPECT_TRUE(json.ok()) << json.status();
  auto tokenizer =
      Tokenizer::FromFiles({TokenizerFormat::kTokenizerJson,
                            "qwen2",
                            *json,
                            {{kTokenizerConfigFile,
                              R"({"eos_token": "<|endoftext|>", "pad_token": "<|endoftext|>"})"}}});
  EXPECT_TRUE(tokenizer.ok()) << tokenizer.status();
  EXPECT_EQ(tokenizer->pad_id(), tokenizer->eos_id());
  return *std::move(tokenizer);
}

}  // namespace bench::harness
