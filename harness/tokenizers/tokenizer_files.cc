#include "harness/tokenizers/tokenizer_files.h"

#include <array>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/sha256.h"
#include "base/status.h"

namespace bench::harness {
namespace {

constexpr int64_t kMaxModelBytes = int64_t{64} << 20;
constexpr int64_t kMaxBesideBytes = int64_t{4} << 20;
constexpr std::array<std::string_view, 2> kModelFiles = {"tokenizer.model", "tokenizer.json"};
constexpr std::array<const char*, 3> kBeside = {kTokenizerConfigFile, kSpecialTokensMapFile,
                                                kGenerationConfigFile};

std::string ModelFile(TokenizerFormat format) {
  return std::string(kModelFiles[static_cast<size_t>(format)]);
}

absl::StatusOr<std::string> PathOfModel(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::is_directory(path, error)) return path;
  for (const std::string_view name : kModelFiles) {
    std::string model = absl::StrCat(path, "/", std::string(name));
    if (Exists(model)) return model;
  }
  return DataError(absl::StrCat(path, ": no tokenizer.model or tokenizer.json in this folder"));
}

}  // namespace

absl::StatusOr<TokenizerFiles> ReadTokenizerFiles(const std::string& path) {
  TokenizerFiles files;
  BENCH_ASSIGN_OR_RETURN(files.where, PathOfModel(path));
  BENCH_ASSIGN_OR_RETURN(files.model, ReadFile(files.where, kMaxModelBytes));
  if (!files.where.ends_with(".json")) return files;
  files.format = TokenizerFormat::kTokenizerJson;
  const std::filesystem::path folder = std::filesystem::path(files.where).parent_path();
  for (const char* name : kBeside) {
    const std::string beside = (folder / name).string();
    if (!Exists(beside)) continue;
    BENCH_ASSIGN_OR_RETURN(files.beside[name], ReadFile(beside, kMaxBesideBytes));
  }
  return files;
}

absl::Status PublishTokenizerFiles(const TokenizerFiles& files, const std::string& folder) {
  BENCH_RETURN_IF_ERROR(
      PublishFile(absl::StrCat(folder, "/", ModelFile(files.format)), files.model));
  for (const auto& [name, bytes] : files.beside) {
    BENCH_RETURN_IF_ERROR(PublishFile(absl::StrCat(folder, "/", name), bytes));
  }
  return absl::OkStatus();
}

std::string Digest(const TokenizerFiles& files) {
  if (files.beside.empty()) return Sha256Hex(files.model);
  Sha256 sha;
  sha.Update(absl::StrCat(ModelFile(files.format), " ", Sha256Hex(files.model), "\n"));
  for (const auto& [name, bytes] : files.beside) {
    sha.Update(absl::StrCat(name, " ", Sha256Hex(bytes), "\n"));
  }
  return sha.HexDigest();
}

}  // namespace bench::harness
