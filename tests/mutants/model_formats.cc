#include <unistd.h>

#include "base/file.h"
#include "models/hf_folder.h"
#include "models/safetensors.h"
#include "models/safetensors_header.h"
#include "tests/models/testing.h"
#include "tests/mutants/format.h"
#include "tests/support/temp_folder.h"

namespace bench::mutants {
namespace {

constexpr size_t kHeaderLengthBytes = 8;

// Small ones, of every type; and one of the Python library.
Corpus SafetensorsFiles() {
  TempFolder folder;
  const std::string path = folder / "t.safetensors";
  models::WriteSafetensors(path,
                           {{"a", at::ones({2, 3})},
                            {"b", at::zeros({}, at::kBFloat16)},
                            {"c", at::zeros({0, 4}, at::kLong)},
                            {"d", at::ones({5}, at::kBool)}},
                           {{"format", "pt"}})
      .IgnoreError();
  Corpus corpus{{ReadFile(path).value(), TestFile("models/golden/llama_tied.safetensors")},
                JsonWords()};
  for (const char* word : {"\"F32\"", "\"F7\"", "\"shape\":[0],", "\"data_offsets\":[0,8]",
                           "\"__metadata__\":{}", "9223372036854775807,", "0,"}) {
    corpus.words.emplace_back(word);
  }
  return corpus;
}

absl::Status ReadTensors(const std::string& bytes, const std::string& folder) {
  WriteFile(folder + "/m.safetensors", bytes);
  return models::ReadSafetensors(folder + "/m.safetensors").status();
}

// Behind the length field: mutants of the header alone, whose length is mended.
Corpus SafetensorsHeaders() {
  Corpus corpus = SafetensorsFiles();
  corpus.files.resize(1);
  std::string& bytes = corpus.files.front();
  const size_t header_bytes = static_cast<unsigned char>(bytes[0]) +
                              256 * static_cast<size_t>(static_cast<unsigned char>(bytes[1]));
  bytes = bytes.substr(kHeaderLengthBytes, header_bytes);
  return corpus;
}

absl::Status ReadHeader(const std::string& bytes, const std::string&) {
  constexpr uint64_t kBufferBytes = 31;  // 24 + 2 + 0 + 5
  return models::ParseHeader(bytes, kBufferBytes).status();
}

std::string SavedFolder(const std::string& folder) {
  const auto decoder = models::MakeDecoder(models::TinyConfig());
  models::SaveHfFolder(*decoder, {1, 2, std::nullopt}, folder).IgnoreError();
  return folder;
}

Corpus Configs() {
  TempFolder folder;
  Corpus corpus{{ReadFile(SavedFolder(folder.path()) + "/config.json").value()}, JsonWords()};
  for (const char* word :
       {"\"rope_scaling\":", "\"hidden_act\":", "1e18", "\"num_hidden_layers\":"}) {
    corpus.words.emplace_back(word);
  }
  return corpus;
}

absl::Status ReadConfig(const std::string& bytes, const std::string& folder) {
  if (!Exists(folder + "/model.safetensors")) SavedFolder(folder);
  WriteFile(folder + "/config.json", bytes);
  return models::LoadHfFolder(folder, at::kCPU, at::kFloat).status();
}

void SaveShards(const std::string& folder) {
  SavedFolder(folder);
  const auto whole = models::ReadSafetensors(folder + "/model.safetensors").value();
  const auto middle = whole.tensors.begin() + 3;
  models::WriteSafetensors(folder + "/one.safetensors", {whole.tensors.begin(), middle}, {})
      .IgnoreError();
  models::WriteSafetensors(folder + "/two.safetensors", {middle, whole.tensors.end()}, {})
      .IgnoreError();
}

Corpus ShardIndexes() {
  return {
      {R"({"metadata":{"total_size":8},"weight_map":{"a":"one.safetensors","b":"two.safetensors"}})"},
      JsonWords()};
}

// The shards that it names may be anything, absent ones included.
absl::Status ReadShardIndex(const std::string& bytes, const std::string& folder) {
  if (!Exists(folder + "/one.safetensors")) SaveShards(folder);
  WriteFile(folder + "/model.safetensors.index.json", bytes);
  return models::LoadHfFolder(folder, at::kCPU, at::kFloat).status();
}

}  // namespace

std::vector<Format> ModelFormats() {
  return {
      {"safetensors", SafetensorsFiles, ReadTensors},
      {"safetensors header, length mended", SafetensorsHeaders, ReadHeader},
      {"config.json", Configs, ReadConfig},
      {"safetensors shard index", ShardIndexes, ReadShardIndex},
  };
}

}  // namespace bench::mutants
