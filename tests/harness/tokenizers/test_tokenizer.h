// A small tokenizer for tests, trained once a process.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/tokenizers/tokenizer.h"

namespace bench::harness {

inline const std::vector<std::string>& TestTexts() {
  static const std::vector<std::string> texts = {"Below is an instruction that describes a task.",
                                                 "Open the file",
                                                 "Close the window",
                                                 "打开文件",
                                                 "关闭窗口",
                                                 "無法建立暫存檔案",
                                                 "无法创建临时文件",
                                                 "line\nline\n\n### Response:",
                                                 "將下列文本翻譯成英文：",
                                                 "the cat sat on the mat",
                                                 "a  b   c",
                                                 "0123456789"};
  return texts;
}

inline NextText TextsOf(const std::vector<std::string>& texts) {
  return [&texts, next = size_t{0}]() mutable -> std::optional<std::string> {
    return next < texts.size() ? std::optional(texts[next++]) : std::nullopt;
  };
}

inline TokenizerSpec TestSpec(TokenizerAlgorithm algorithm = TokenizerAlgorithm::kBpe) {
  TokenizerSpec spec;
  spec.algorithm = algorithm;
  spec.vocab_size = algorithm == TokenizerAlgorithm::kBpe ? 400 : 330;
  return spec;
}

inline const std::string& TestModelBytes() {
  static const std::string bytes = *TrainTokenizer(TextsOf(TestTexts()), TestSpec());
  return bytes;
}

inline const Tokenizer& TestTokenizer() {
  static const Tokenizer tokenizer = *Tokenizer::FromModelBytes(TestModelBytes(), "test");
  return tokenizer;
}

}  // namespace bench::harness
