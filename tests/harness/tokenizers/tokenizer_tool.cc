// Encodes and decodes what stands on stdin with a tokenizer, for compare_tokenizers.py and
// compare_vocabularies.py: a tokenizer.json, a .tiktoken file or an ice_text.model.
//
// A line is a JSON string, answered by {"text": ids, "full": ids}: special tokens as text; and
// recognised, with what the file puts around a text (an ice_text.model never does either). Or it is
// a JSON array of ids, answered by the JSON string that they decode to; or {"bytes": [...]}, a text
// that need not be UTF-8, answered as a string is.
#include <cstdio>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "base/status.h"
#include "harness/tokenizers/chatglm_backend.h"
#include "harness/tokenizers/tiktoken.h"
#include "harness/tokenizers/tokenizer_files.h"
#include "harness/tokenizers/tokenizer_json.h"

namespace bench::harness {
namespace {

using Json = nlohmann::json;

std::string TextOf(const Json& request) {
  if (request.is_string()) return request.get<std::string>();
  std::string text;
  for (const Json& byte : request.at("bytes")) text += static_cast<char>(byte.get<uint8_t>());
  return text;
}

// Special tokens recognised, with what stands around a text.
std::vector<int64_t> Full(const ByteLevelBpe& tokenizer, const std::string& text) {
  std::vector<int64_t> full = tokenizer.prefix();
  for (const int64_t token : tokenizer.Encode(text, SpecialTokenText::kIsToken)) {
    full.push_back(token);
  }
  full.insert(full.end(), tokenizer.suffix().begin(), tokenizer.suffix().end());
  return full;
}

Json Answer(const TokenizerBackend& tokenizer, const Json& request) {
  if (request.is_array()) return tokenizer.Decode(request.get<std::vector<int64_t>>());
  const std::string text = TextOf(request);
  const auto* bytes = dynamic_cast<const ByteLevelBpe*>(&tokenizer);
  const std::vector<int64_t> ids = tokenizer.Encode(text);
  return {{"text", ids}, {"full", bytes == nullptr ? ids : Full(*bytes, text)}};
}

absl::StatusOr<std::unique_ptr<TokenizerBackend>> Load(const TokenizerFiles& files) {
  switch (files.format) {
    case TokenizerFormat::kTokenizerJson:
      return ReadTokenizerJson(files.model, files.where);
    case TokenizerFormat::kTiktoken:
      return LoadTiktoken(files);
    case TokenizerFormat::kChatglm:
      return LoadChatglm(files);
    case TokenizerFormat::kSentencePiece:
      break;
  }
  return UsageError(files.where + ": a SentencePiece model is not compared by this tool");
}

absl::Status Run(const std::string& path) {
  BENCH_ASSIGN_OR_RETURN(const TokenizerFiles files, ReadTokenizerFiles(path));
  BENCH_ASSIGN_OR_RETURN(const auto tokenizer, Load(files));
  std::string line;
  while (std::getline(std::cin, line)) {
    std::cout << Answer(*tokenizer, Json::parse(line)).dump() << "\n";
  }
  return absl::OkStatus();
}

}  // namespace
}  // namespace bench::harness

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: tokenizer_tool TOKENIZER < lines\n", stderr);
    return 2;
  }
  const absl::Status status = bench::harness::Run(argv[1]);
  if (!status.ok()) std::fprintf(stderr, "%s\n", std::string(status.message()).c_str());
  return static_cast<int>(bench::ExitCodeFor(status));
}
