// The files that make up a tokenizer.
//
// kSentencePiece: one model file. kTokenizerJson: tokenizer.json (tokenizer_json.h) and, where they
// lie beside it, tokenizer_config.json, special_tokens_map.json and generation_config.json, which
// name the special tokens. A path is a model file, a tokenizer.json (any name that ends in .json)
// or a Hugging Face folder; a folder with tokenizer.model and tokenizer.json is read by the former.
// Errors: DataError for a folder without either or a file over its limit, EnvironmentError for I/O.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace bench::harness {

enum class TokenizerFormat { kSentencePiece, kTokenizerJson };

inline constexpr char kTokenizerConfigFile[] = "tokenizer_config.json";
inline constexpr char kSpecialTokensMapFile[] = "special_tokens_map.json";
inline constexpr char kGenerationConfigFile[] = "generation_config.json";

struct TokenizerFiles {
  TokenizerFormat format = TokenizerFormat::kSentencePiece;
  std::string where;                          // for messages: the path of the model
  std::string model;                          // bytes of tokenizer.model or tokenizer.json
  std::map<std::string, std::string> beside;  // bytes by file name
};

absl::StatusOr<TokenizerFiles> ReadTokenizerFiles(const std::string& path);

// Under their usual names.
absl::Status PublishTokenizerFiles(const TokenizerFiles& files, const std::string& folder);

// SHA-256 of the model's bytes; with files beside it, of the lines "<name> <SHA-256>\n" of all.
std::string Digest(const TokenizerFiles& files);

}  // namespace bench::harness
