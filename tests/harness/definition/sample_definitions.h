// Definitions and helpers that the tests of this folder share.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "base/file.h"
#include "harness/definition/decode.h"

namespace bench::harness {

// Only what is required, so every default is in force. Tests count its lines and columns.
inline constexpr std::string_view kSmallSft = R"(stage = "sft"
[model]
hidden_size = 128
num_layers = 4
num_heads = 4
intermediate_size = 352
[tokenizer]
artifact = "tokenizer_small@1"
[data]
dataset = "translations@1"
[optimizer]
learning_rate = 1e-3
[training]
steps = 1600
batch_size = 48
)";

inline constexpr std::string_view kSmallTokenizer = R"(stage = "tokenizer"
[tokenizer]
dataset = "translations@1"
vocab_size = 2048
)";

inline constexpr std::string_view kSmallTranslations = R"(stage = "translations"
[translations]
sources = ["bash", "coreutils"]
)";

inline absl::StatusOr<Definition> Decode(std::string_view toml,
                                         std::vector<std::string> overrides = {}) {
  DecodeOptions options;
  options.label = "d.toml";
  options.overrides = std::move(overrides);
  return DecodeDefinition(toml, options);
}

// The message of the refusal; empty if nothing is refused.
inline std::string Refusal(std::string_view toml, std::vector<std::string> overrides = {}) {
  return std::string(Decode(toml, std::move(overrides)).status().message());
}

// kSmallSft with the first `from` replaced.
inline std::string With(std::string_view from, std::string_view to) {
  std::string text(kSmallSft);
  return text.replace(text.find(from), from.size(), to);
}

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = std::filesystem::temp_directory_path() / "definition_test_XXXXXX";
    path_ = ::mkdtemp(name.data());
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::string& path() const { return path_; }
  // Writes a file below the folder and returns its path.
  std::string Write(const std::string& name, std::string_view text) const {
    const std::filesystem::path file = std::filesystem::path(path_) / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << text;
    return file;
  }

 private:
  std::string path_;
};

}  // namespace bench::harness
