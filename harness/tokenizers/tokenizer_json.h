// Reads tokenizer.json (the format of PyPI `tokenizers`) of byte-level BPE tokenizers.
//
//   model           BPE (tokenizer_json_model.h)
//   normalizer      none, NFC; Sequence
//   pre_tokenizer   Split by a known pattern (word_split.h), Digits, ByteLevel last; Sequence
//   post_processor  none, ByteLevel, TemplateProcessing; Sequence
//   decoder         ByteLevel, then Fuse; Sequence
//   added_tokens    lstrip, rstrip, normalized, special; their ids must be those that `tokenizers`
//                   itself would give them
//
// What changes no id is accepted: settings at values without effect, and `truncation` and
// `padding`, which belong to a call and are not applied (rows are cut by the definition's
// max_tokens). Everything else is refused, never approximated. Errors: DataError "NAME: COMPONENT:
// reason". Memory is bounded (base/json.h); no Torch.
#pragma once

#include <memory>
#include <string_view>

#include "absl/status/statusor.h"
#include "harness/tokenizers/byte_level_bpe.h"

namespace bench::harness {

// `name` is for messages.
absl::StatusOr<std::unique_ptr<ByteLevelBpe>> ReadTokenizerJson(std::string_view bytes,
                                                                std::string_view name);

}  // namespace bench::harness
