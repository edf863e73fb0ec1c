// The files that make up a tokenizer.
//
//   kSentencePiece  one model file
//   kTokenizerJson  tokenizer.json (tokenizer_json.h)
//   kTiktoken       qwen.tiktoken (tiktoken.h)
//   kChatglm        ice_text.model (chatglm_backend.h)
//
// To the last three belong tokenizer_config.json, special_tokens_map.json and
// generation_config.json where they lie beside them: they name the special tokens, and the kind of
// tokenizer that a kTiktoken file is. A path is a Hugging Face folder, or a file: any name that
// ends in .json or .tiktoken, ice_text.model, and everything else is a SentencePiece model. Of
// several in a folder the first counts, in this order: tokenizer.model, tokenizer.json,
// qwen.tiktoken, ice_text.model. Errors: DataError for a folder without any or a file over its
// limit, EnvironmentError for I/O.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace bench::harness {

enum class TokenizerFormat { kSentencePiece, kTokenizerJson, kTiktoken, kChatglm };

inline constexpr char kTokenizerConfigFile[] = "tokenizer_config.json";
inline constexpr char kSpecialTokensMapFile[] = "special_tokens_map.json";
inline constexpr char kGenerationConfigFile[] = "generation_config.json";

struct TokenizerFiles {
  TokenizerFormat format = TokenizerFormat::kSentencePiece;
  std::string where;                          // for messages: the path of the model
  std::string model;                          // bytes of the model's file
  std::map<std::string, std::string> beside;  // bytes by file name
};

// The name that the model's file has in a folder.
std::string ModelFileName(TokenizerFormat format);

// Whether a folder has the file of any format.
bool HasTokenizer(const std::string& folder);

absl::StatusOr<TokenizerFiles> ReadTokenizerFiles(const std::string& path);

// Under their usual names.
absl::Status PublishTokenizerFiles(const TokenizerFiles& files, const std::string& folder);

// SHA-256 of the model's bytes; with files beside it, of the lines "<name> <SHA-256>\n" of all.
std::string Digest(const TokenizerFiles& files);

}  // namespace bench::harness
