// Reads tokenizer.json (the format of PyPI `tokenizers`) of byte-level BPE tokenizers.
//
//   model           BPE without dropout, byte_fallback, prefixes and suffixes; ignore_merges
//   normalizer      none, NFC
//   pre_tokenizer   Split by a known pattern (word_split.h), Digits, ByteLevel last; Sequence
//   post_processor  none, ByteLevel, TemplateProcessing; Sequence
//   decoder         ByteLevel
//   added_tokens    lstrip, rstrip, normalized, special; their ids must be those that `tokenizers`
//                   itself would give them
//
// Everything else is refused, never approximated. Errors: DataError "NAME: COMPONENT: reason".
// Memory is bounded (base/json.h); no Torch.
#pragma once

#include <memory>
#include <string_view>

#include "absl/status/statusor.h"
#include "harness/data/byte_level_bpe.h"

namespace bench::harness {

// `name` is for messages.
absl::StatusOr<std::unique_ptr<ByteLevelBpe>> ReadTokenizerJson(std::string_view bytes,
                                                                std::string_view name);

}  // namespace bench::harness
