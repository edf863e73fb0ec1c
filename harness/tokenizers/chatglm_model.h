// The SentencePiece model that ChatGLM-6B's tokenizer works with, from the bytes of ice_text.model.
//
// Two files were published under this name. The later one (with 130,528 rows of embeddings) is
// whole. To the first (150,528 rows) the code that came with it adds pieces when it reads it, and
// so does this, in that order: the marks, a tab and runs of 2 to 80 spaces, and all bytes, with
// byte fallback. In either the marks are control pieces afterwards, so that no text becomes one;
// ChatGLM's code has them so, or finds them in a text before SentencePiece does.
//
// Source: THUDM/GLM-130B, tokenization (_configure_tokenizer), which the first ChatGLM-6B shares.
// Errors: DataError for bytes that are no SentencePiece model, a model without <n>, which is none
// of ChatGLM's, and one with <|tab|> that lacks another of these pieces.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace bench::harness {

inline constexpr std::array<std::string_view, 8> kChatglmMarks = {
    "[MASK]", "[gMASK]", "[sMASK]", "<unused_0>", "<sop>", "<eop>", "<ENC>", "<dBLOCK>"};

absl::StatusOr<std::string> CompleteChatglmModel(std::string_view bytes);

}  // namespace bench::harness
