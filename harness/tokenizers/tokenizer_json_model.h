// Reads the `model` of a tokenizer.json: a BPE of bytes.
//
//   vocab, merges           merges as "a b" or ["a", "b"]
//   ignore_merges           a word that is a token is that token
//   unk_token, fuse_unk     stands for bytes without a token (bpe_model.h)
//   dropout                 0 or none
//   byte_fallback           where it has no effect: no byte lacks a token and has <0xNN> ones
//   instead continuing_subword_prefix, end_of_word_suffix   "" or none
//
// Errors: DataError naming the field, for what else is set and for a file that is no such model.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>

#include "absl/status/status.h"
#include "harness/tokenizers/byte_level_bpe.h"
#include "harness/tokenizers/json_component.h"

namespace bench::harness {

using TokenIds = std::unordered_map<std::string, int64_t>;  // by text

// The largest vocabularies have a quarter of a million tokens.
inline constexpr int64_t kMaxTokenId = (int64_t{1} << 20) - 1;

// Fills `ids`, and of `parts` what the model says: pieces, merges and what becomes of other words.
absl::Status ReadBpeJson(const JsonComponent& model, ByteLevelBpeParts& parts, TokenIds& ids);

}  // namespace bench::harness
