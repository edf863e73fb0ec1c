// ChatGLM-6B's tokenizer (ice_text.model) as a backend of class Tokenizer.
//
// Text -> white space becomes marks (chatglm_text.h) -> SentencePiece (chatglm_model.h) -> the
// number of image tokens is added to every id. The ids before are <image_0>, <image_1>, ..., which
// no text becomes and which decode to nothing. `num_image_tokens` of tokenizer_config.json says how
// many they are; where it says nothing, 20,000, as in ChatGLM's own code (the later files have 0
// there). Ids and texts equal those of that code; invalid UTF-8 is read as U+FFFD. EOS is <eop>,
// padding <pad>. There is no BOS: the marks [gMASK] and <sop> stand behind a prompt, where a
// template puts them (templates/chatglm.h).
//
// Errors: DataError as in chatglm_model.h and sentencepiece_backend.h, for another tokenizer_class,
// for do_lower_case and remove_space, which are not implemented, and a num_image_tokens that is
// none.
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "harness/tokenizers/tokenizer_backend.h"
#include "harness/tokenizers/tokenizer_files.h"

namespace bench::harness {

absl::StatusOr<std::unique_ptr<TokenizerBackend>> LoadChatglm(const TokenizerFiles& files);

}  // namespace bench::harness
