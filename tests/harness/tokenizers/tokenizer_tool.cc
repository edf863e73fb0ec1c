// Encodes and decodes what stands on stdin with a tokenizer.json, for compare_tokenizers.py.
//
// A line is a JSON string, answered by {"text": ids, "full": ids}: special tokens as text; and
// recognised, with what the file puts around a text. Or it is a JSON array of ids, answered by the
// JSON string that they decode to.
#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>

#include "base/file.h"
#include "base/status.h"
#include "harness/tokenizers/tokenizer_json.h"

namespace bench::harness {
namespace {

using Json = nlohmann::json;

Json Answer(const ByteLevelBpe& tokenizer, const Json& request) {
  if (request.is_array()) return tokenizer.Decode(request.get<std::vector<int64_t>>());
  const auto& text = request.get_ref<const std::string&>();
  std::vector<int64_t> full = tokenizer.prefix();
  for (const int64_t token : tokenizer.Encode(text, SpecialTokenText::kIsToken)) {
    full.push_back(token);
  }
  full.insert(full.end(), tokenizer.suffix().begin(), tokenizer.suffix().end());
  return {{"text", tokenizer.Encode(text)}, {"full", full}};
}

absl::Status Run(const std::string& path) {
  BENCH_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(path));
  BENCH_ASSIGN_OR_RETURN(const auto tokenizer, ReadTokenizerJson(bytes, path));
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
    std::fputs("usage: tokenizer_tool TOKENIZER.JSON < lines\n", stderr);
    return 2;
  }
  const absl::Status status = bench::harness::Run(argv[1]);
  if (!status.ok()) std::fprintf(stderr, "%s\n", std::string(status.message()).c_str());
  return static_cast<int>(bench::ExitCodeFor(status));
}
