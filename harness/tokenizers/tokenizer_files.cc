#include "harness/tokenizers/tokenizer_files.h"

#include <array>
#include <filesystem>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/file.h"
#include "base/file_kind.h"
#include "base/sha256.h"
#include "base/status.h"

namespace bench::harness {
namespace {

constexpr int64_t kMaxModelBytes = int64_t{64} << 20;
constexpr int64_t kMaxBesideBytes = int64_t{4} << 20;
// By TokenizerFormat, and in the order in which a folder is looked through.
constexpr std::array<const char*, 4> kModelFiles = {"tokenizer.model", "tokenizer.json",
                                                    "qwen.tiktoken", "ice_text.model"};
constexpr std::array<const char*, 3> kBeside = {kTokenizerConfigFile, kSpecialTokensMapFile,
                                                kGenerationConfigFile};

TokenizerFormat FormatOf(const std::string& file) {
  if (file.ends_with(".json")) return TokenizerFormat::kTokenizerJson;
  if (file.ends_with(".tiktoken")) return TokenizerFormat::kTiktoken;
  const bool is_chatglm =
      std::filesystem::path(file).filename() == ModelFileName(TokenizerFormat::kChatglm);
  return is_chatglm ? TokenizerFormat::kChatglm : TokenizerFormat::kSentencePiece;
}

// That of the first format that the folder has a file of; nullopt: it has none.
std::optional<std::string> ModelInFolder(const std::string& folder) {
  for (const char* name : kModelFiles) {
    std::string model = absl::StrCat(folder, "/", name);
    if (Exists(model)) return model;
  }
  return std::nullopt;
}

absl::StatusOr<std::string> PathOfModel(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::is_directory(path, error)) return path;
  std::optional<std::string> model = ModelInFolder(path);
  if (model) return *std::move(model);
  return DataError(
      absl::StrCat(path, ": none of ", absl::StrJoin(kModelFiles, ", "), " in this folder"));
}

// Of a file beside others, which nobody may have looked at: a named pipe would never end.
absl::StatusOr<std::string> ReadPlainFile(const std::string& path, int64_t max_bytes) {
  BENCH_RETURN_IF_ERROR(CheckFileOrFolder(path));
  return ReadFile(path, max_bytes);
}

}  // namespace

std::string ModelFileName(TokenizerFormat format) {
  return kModelFiles[static_cast<size_t>(format)];
}

bool HasTokenizer(const std::string& folder) { return ModelInFolder(folder).has_value(); }

absl::StatusOr<TokenizerFiles> ReadTokenizerFiles(const std::string& path) {
  TokenizerFiles files;
  BENCH_ASSIGN_OR_RETURN(files.where, PathOfModel(path));
  BENCH_ASSIGN_OR_RETURN(files.model, ReadPlainFile(files.where, kMaxModelBytes));
  files.format = FormatOf(files.where);
  if (files.format == TokenizerFormat::kSentencePiece) return files;
  const std::filesystem::path folder = std::filesystem::path(files.where).parent_path();
  for (const char* name : kBeside) {
    const std::string beside = (folder / name).string();
    if (!Exists(beside)) continue;
    BENCH_ASSIGN_OR_RETURN(files.beside[name], ReadPlainFile(beside, kMaxBesideBytes));
  }
  return files;
}

absl::Status PublishTokenizerFiles(const TokenizerFiles& files, const std::string& folder) {
  BENCH_RETURN_IF_ERROR(
      PublishFile(absl::StrCat(folder, "/", ModelFileName(files.format)), files.model));
  for (const auto& [name, bytes] : files.beside) {
    BENCH_RETURN_IF_ERROR(PublishFile(absl::StrCat(folder, "/", name), bytes));
  }
  return absl::OkStatus();
}

std::string Digest(const TokenizerFiles& files) {
  if (files.beside.empty()) return Sha256Hex(files.model);
  Sha256 sha;
  sha.Update(absl::StrCat(ModelFileName(files.format), " ", Sha256Hex(files.model), "\n"));
  for (const auto& [name, bytes] : files.beside) {
    sha.Update(absl::StrCat(name, " ", Sha256Hex(bytes), "\n"));
  }
  return sha.HexDigest();
}

}  // namespace bench::harness
