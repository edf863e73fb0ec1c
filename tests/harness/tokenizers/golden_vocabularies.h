// The small vocabularies of golden/ in the formats of Qwen and ChatGLM-6B
// (make_vocabulary_golden.py), and one of the size of Qwen's.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "gtest/gtest.h"
#include "harness/tokenizers/tiktoken_family.h"
#include "harness/tokenizers/tokenizer_files.h"

namespace bench::harness {

inline std::string GoldenVocabulary(const std::string& name) {
  auto bytes = ReadFile(BENCH_TEST_DATA "/harness/tokenizers/golden/" + name);
  EXPECT_TRUE(bytes.ok()) << bytes.status();
  return *std::move(bytes);
}

// Qwen's row for the first 3,000 of its ranks.
inline TiktokenFamily ExcerptFamily() {
  TiktokenFamily family = *FindTiktokenFamily("QWenTokenizer");
  family.num_ranks = 3000;
  family.control_tokens.resize(3);
  return family;
}

// As many ranks as Qwen has: all tokens of one byte and of two, and the first ones of three.
inline std::string QwenSizedVocabulary() {
  std::string lines;
  int64_t rank = 0;
  for (size_t size = 1; size <= 3; ++size) {
    for (uint32_t number = 0; number < 1U << (8 * size) && rank < 151643; ++number) {
      std::string token;
      for (size_t i = 0; i < size; ++i) {
        token += static_cast<char>(number >> (8 * (size - 1 - i)) & 0xFF);
      }
      absl::StrAppend(&lines, absl::Base64Escape(token), " ", rank++, "\n");
    }
  }
  return lines;
}

inline TokenizerFiles QwenSizedFiles() {
  return {TokenizerFormat::kTiktoken,
          "own/qwen.tiktoken",
          QwenSizedVocabulary(),
          {{kTokenizerConfigFile, R"({"tokenizer_class": "QWenTokenizer"})"}}};
}

// "first": as ChatGLM's first published file, with 20,000 image tokens; "later": with none.
inline TokenizerFiles ChatglmFiles(const std::string& revision) {
  TokenizerFiles files = {TokenizerFormat::kChatglm,
                          "own/ice_text.model",
                          GoldenVocabulary("chatglm_" + revision + ".model"),
                          {}};
  if (revision == "later") {
    files.beside[kTokenizerConfigFile] =
        R"({"tokenizer_class": "ChatGLMTokenizer", "eos_token": "<eop>", "num_image_tokens": 0})";
  }
  return files;
}

}  // namespace bench::harness
