// How ChatGLM-6B's tokenizer writes white space before SentencePiece sees a text, and back:
//
//   line feed                     <n>
//   tab                           <|tab|>
//   a run of n spaces, n >= 2     <|blank_80|> n/80 times, then <|blank_r|> for what is left, or a
//                                 space where one is left
//
// A text with such a mark in it comes back with the white space that it stands for, as with
// ChatGLM's own code. Source: the published tokenization_chatglm.py, SPTokenizer, in PyPI
// `paddlenlp` and `mindnlp` too.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bench::harness {

inline constexpr int kMaxChatglmBlanks = 80;

std::string MarkWhitespace(std::string_view text);
std::string RestoreWhitespace(std::string_view text);

// The white space that a mark stands for; nullopt for what is none.
std::optional<std::string> WhitespaceOf(std::string_view mark);
// <|tab|> and <|blank_2|> to <|blank_80|>, in the order of ChatGLM's vocabulary.
std::vector<std::string> ChatglmBlankMarks();

}  // namespace bench::harness
