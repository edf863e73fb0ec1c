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

// The model with unused pieces behind its own, up to `vocab_size`. A piece is field 1 of the model:
// its text (1), score (2) and type (3: 5 is unused).
inline Tokenizer TestTokenizerOf(int64_t vocab_size, std::string bytes = TestModelBytes()) {
  for (int64_t id = Tokenizer::FromModelBytes(bytes, "test")->vocab_size(); id < vocab_size; ++id) {
    const std::string text = "<unused " + std::to_string(id) + ">";
    const std::string piece = "\x0A" + std::string(1, static_cast<char>(text.size())) + text +
                              "\x15" + std::string(4, '\0') + "\x18\x05";
    bytes += "\x0A" + std::string(1, static_cast<char>(piece.size())) + piece;
  }
  return *Tokenizer::FromModelBytes(bytes, "test");
}

}  // namespace bench::harness
