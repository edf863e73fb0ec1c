#include "harness/tokenizers/tokenizer_settings.h"

#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/json.h"
#include "base/status.h"
#include "harness/tokenizers/json_component.h"

namespace bench::harness {
namespace {

using Json = nlohmann::json;
using Id = std::optional<int64_t>;

struct Role {
  std::string_view name;  // as in "bos_token", "bos_token_id"
  Id SpecialTokenIds::*id;
};
constexpr Role kRoles[] = {
    {"bos", &SpecialTokenIds::bos}, {"eos", &SpecialTokenIds::eos}, {"pad", &SpecialTokenIds::pad}};

// "</s>" or {"content": "</s>", ...}.
absl::StatusOr<Id> TokenNamed(const JsonComponent& file, const std::string& key,
                              const TokenizerBackend& backend) {
  const Json* value = file.Find(key);
  if (value == nullptr) return Id();
  if (value->is_object() && value->contains("content")) value = &(*value)["content"];
  if (!value->is_string()) {
    return DataError(absl::StrCat(file.PathOf(key), ": neither a string nor an object with one"));
  }
  const Id id = backend.ControlToken(value->get_ref<const std::string&>());
  if (id) return id;
  return DataError(
      absl::StrCat(file.PathOf(key), ": ", QuotedForMessage(value->get_ref<const std::string&>()),
                   " is not among the special tokens of the tokenizer, or is its unk_token, "
                   "which a text can become"));
}

absl::StatusOr<Id> TokenNumbered(const JsonComponent& file, const std::string& key,
                                 const TokenizerBackend& backend) {
  const Json* value = file.Find(key);
  if (value == nullptr) return Id();
  if (value->is_array() && !value->empty()) value = &value->front();
  const bool in_vocabulary = value->is_number_integer() && value->get<int64_t>() >= 0 &&
                             value->get<int64_t>() < backend.vocab_size();
  const Id id = in_vocabulary ? Id(value->get<int64_t>()) : std::nullopt;
  if (id && backend.ControlToken(backend.Piece(*id)) == id) return id;
  return DataError(
      absl::StrCat(file.PathOf(key), ": not the id of a special token of the tokenizer"));
}

struct Source {
  const char* file;
  std::string_view suffix;  // of the role's key
  absl::StatusOr<Id> (*read)(const JsonComponent&, const std::string&, const TokenizerBackend&);
};
constexpr Source kSources[] = {{kTokenizerConfigFile, "_token", TokenNamed},
                               {kSpecialTokensMapFile, "_token", TokenNamed},
                               {kGenerationConfigFile, "_token_id", TokenNumbered}};

struct SourceFile {
  const Source* source;
  Json json;
};
absl::StatusOr<std::vector<SourceFile>> ReadSources(const TokenizerFiles& files) {
  std::vector<SourceFile> read;
  for (const Source& source : kSources) {
    const auto bytes = files.beside.find(source.file);
    if (bytes == files.beside.end()) continue;
    absl::StatusOr<Json> json = ParseJson(bytes->second);
    if (!json.ok()) return Annotate(json.status(), source.file);
    read.push_back({&source, *std::move(json)});
  }
  return read;
}

// The first name that a file gives.
absl::StatusOr<Id> ReadRole(const Role& role, const std::vector<SourceFile>& sources,
                            const TokenizerBackend& backend) {
  Id id;
  for (const auto& [source, json] : sources) {
    BENCH_ASSIGN_OR_RETURN(const JsonComponent file, JsonComponent::Of(json, source->file));
    const std::string key = absl::StrCat(internal::View(role.name), internal::View(source->suffix));
    BENCH_ASSIGN_OR_RETURN(id, source->read(file, key, backend));
    if (id) break;
  }
  return id;
}

absl::StatusOr<bool> AddsBos(const std::vector<SourceFile>& sources, bool otherwise) {
  bool adds_bos = otherwise;
  for (const auto& [source, json] : sources) {
    BENCH_ASSIGN_OR_RETURN(const JsonComponent file, JsonComponent::Of(json, source->file));
    BENCH_ASSIGN_OR_RETURN(adds_bos, file.Flag("add_bos_token", adds_bos));
  }
  return adds_bos;
}

}  // namespace

absl::StatusOr<Json> ReadTokenizerConfig(const TokenizerFiles& files) {
  const auto bytes = files.beside.find(kTokenizerConfigFile);
  if (bytes == files.beside.end()) return Json::object();
  absl::StatusOr<Json> json = ParseJson(bytes->second);
  if (!json.ok()) return Annotate(json.status(), kTokenizerConfigFile);
  return json;
}

absl::StatusOr<SpecialTokenIds> ReadSpecialTokens(const TokenizerFiles& files,
                                                  const TokenizerBackend& backend) {
  SpecialTokenIds ids = backend.special_tokens();
  BENCH_ASSIGN_OR_RETURN(const std::vector<SourceFile> sources, ReadSources(files));
  BENCH_ASSIGN_OR_RETURN(const bool adds_bos, AddsBos(sources, ids.bos.has_value()));
  for (const Role& role : kRoles) {
    const bool is_bos = role.id == &SpecialTokenIds::bos;
    if (is_bos && (ids.bos || !adds_bos)) continue;
    BENCH_ASSIGN_OR_RETURN(const Id named, ReadRole(role, sources, backend));
    if (named) ids.*role.id = named;
  }
  if (!adds_bos) ids.bos.reset();
  return ids;
}

}  // namespace bench::harness
