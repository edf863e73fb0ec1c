// Times the tokenizer on the lines of a text, one thread, and prints one line of JSON; what
// scripts/bench_tokenizer_vs_sentencepiece.py calls.
//
//   tokenizer_bench TOKENIZER FILE
#include <chrono>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/sha256.h"
#include "base/status.h"
#include "harness/tokenizers/tokenizer.h"
#include "harness/tokenizers/tokenizer_files.h"

namespace bench::harness {
namespace {

std::vector<std::string_view> Lines(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return lines;
}

absl::Status Run(const std::string& tokenizer_path, const std::string& text_path) {
  BENCH_ASSIGN_OR_RETURN(TokenizerFiles files, ReadTokenizerFiles(tokenizer_path));
  BENCH_ASSIGN_OR_RETURN(const Tokenizer tokenizer, Tokenizer::FromFiles(std::move(files)));
  BENCH_ASSIGN_OR_RETURN(const std::string text, ReadFile(text_path));
  const std::vector<std::string_view> lines = Lines(text);
  std::vector<int64_t> tokens;
  const auto start = std::chrono::steady_clock::now();
  for (const std::string_view line : lines) {
    const std::vector<int64_t> encoded = tokenizer.Encode(line);
    tokens.insert(tokens.end(), encoded.begin(), encoded.end());
  }
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  const std::string_view bytes(reinterpret_cast<const char*>(tokens.data()),
                               tokens.size() * sizeof(int64_t));
  std::cout << nlohmann::json{{"seconds", seconds.count()},
                              {"bytes", text.size()},
                              {"lines", lines.size()},
                              {"tokens", tokens.size()},
                              {"ids_sha256", Sha256Hex(bytes)}}
                   .dump()
            << '\n';
  return absl::OkStatus();
}

}  // namespace
}  // namespace bench::harness

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: tokenizer_bench TOKENIZER FILE\n";
    return 2;
  }
  const absl::Status status = bench::harness::Run(argv[1], argv[2]);
  if (!status.ok()) std::cerr << "tokenizer_bench: " << status.message() << '\n';
  return static_cast<int>(bench::ExitCodeFor(status));
}
