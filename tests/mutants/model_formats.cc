#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/json.h"
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

// As a folder of the family, from its golden case.
void SaveFamily(const std::string& name, const std::string& folder) {
  const models::Golden golden = models::LoadGolden("families/" + name);
  const auto decoder =
      models::Decoder::FromTensors(golden.config, golden.weights, at::kCPU, at::kFloat);
  models::SaveHfFolder(**decoder, {1, 2, std::nullopt}, folder).IgnoreError();
}

// The fields that the family reads are the words of its grammar.
Corpus ConfigsOf(const std::string& name) {
  TempFolder folder;
  SaveFamily(name, folder.path());
  Corpus corpus{{ReadFile(folder / "config.json").value()}, JsonWords()};
  const auto fields = ParseJsonObject(corpus.files[0]);
  for (const auto& [field, value] : fields->items()) {
    corpus.words.push_back(absl::StrCat("\"", field, "\":"));
  }
  for (const char* word : {"\"rope_scaling\":", "1e18,", "4096,", "\"model_type\":\"falcon\","}) {
    corpus.words.emplace_back(word);
  }
  return corpus;
}

absl::Status ReadConfigOf(const std::string& name, const std::string& bytes,
                          const std::string& folder) {
  if (!Exists(folder + "/model.safetensors")) SaveFamily(name, folder);
  WriteFile(folder + "/config.json", bytes);
  return models::LoadHfFolder(folder, at::kCPU, at::kFloat).status();
}

// A format a golden case, which is every family in each of its variants.
std::vector<Format> FamilyConfigs() {
  std::vector<Format> formats;
  for (const std::string& name : models::GoldenFamilies()) {
    formats.push_back({absl::StrCat("config.json of ", name), [name] { return ConfigsOf(name); },
                       [name](const std::string& bytes, const std::string& folder) {
                         return ReadConfigOf(name, bytes, folder);
                       }});
  }
  return formats;
}

constexpr char kIndex[] = "/model.safetensors.index.json";

// Several shards, and no file that would be read in their place.
void SaveShards(const std::string& folder) {
  constexpr int64_t kShardBytes = 12'000;
  const auto decoder = models::MakeDecoder(models::TinyConfig());
  models::SaveHfFolder(*decoder, {1, 2, std::nullopt}, folder, kShardBytes).IgnoreError();
}

Corpus ShardIndexes() {
  TempFolder folder;
  SaveShards(folder.path());
  Corpus corpus{{ReadFile(folder.path() + kIndex).value()}, JsonWords()};
  for (const char* word :
       {"\"weight_map\":", "\"../\"", "\".\"", "\"config.json\"", "\"a\":\"b\","}) {
    corpus.words.emplace_back(word);
  }
  return corpus;
}

// The shards that it names may be anything, absent ones included.
absl::Status ReadShardIndex(const std::string& bytes, const std::string& folder) {
  if (!Exists(folder + "/config.json")) SaveShards(folder);
  WriteFile(folder + kIndex, bytes);
  return models::LoadHfFolder(folder, at::kCPU, at::kFloat).status();
}

}  // namespace

std::vector<Format> ModelFormats() {
  std::vector<Format> formats = {
      {"safetensors", SafetensorsFiles, ReadTensors},
      {"safetensors header, length mended", SafetensorsHeaders, ReadHeader},
      {"safetensors shard index", ShardIndexes, ReadShardIndex},
  };
  const std::vector<Format> configs = FamilyConfigs();
  formats.insert(formats.end(), configs.begin(), configs.end());
  return formats;
}

}  // namespace bench::mutants
