#include "harness/data/tokenizer_settings.h"

#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/json.h"
#include "base/status.h"
#include "harness/data/json_component.h"

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
  return DataError(absl::StrCat(file.PathOf(key), ": ",
                                QuotedForMessage(value->get_ref<const std::string&>()),
                                " is not among the special tokens of tokenizer.json"));
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
      absl::StrCat(file.PathOf(key), ": not the id of a special token of tokenizer.json"));
}

struct Source {
  const char* file;
  std::string_view suffix;  // of the role's key
  absl::StatusOr<Id> (*read)(const JsonComponent&, const std::string&, const TokenizerBackend&);
};
constexpr Source kSources[] = {{kTokenizerConfigFile, "_token", TokenNamed},
                               {kSpecialTokensMapFile, "_token", TokenNamed},
                               {kGenerationConfigFile, "_token_id", TokenNumbered}};

absl::Status ReadSource(const Source& source, const JsonComponent& file,
                        const TokenizerBackend& backend, SpecialTokenIds& ids) {
  for (const Role& role : kRoles) {
    if (ids.*role.id) continue;
    const std::string key = absl::StrCat(internal::View(role.name), internal::View(source.suffix));
    BENCH_ASSIGN_OR_RETURN(ids.*role.id, source.read(file, key, backend));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<SpecialTokenIds> ReadSpecialTokens(const TokenizerFiles& files,
                                                  const TokenizerBackend& backend) {
  const SpecialTokenIds own = backend.special_tokens();
  SpecialTokenIds ids;
  ids.bos = own.bos;
  bool adds_bos = own.bos.has_value();
  for (const Source& source : kSources) {
    const auto bytes = files.beside.find(source.file);
    if (bytes == files.beside.end()) continue;
    const absl::StatusOr<Json> json = ParseJson(bytes->second);
    if (!json.ok()) return Annotate(json.status(), source.file);
    BENCH_ASSIGN_OR_RETURN(const JsonComponent file, JsonComponent::Of(*json, source.file));
    BENCH_RETURN_IF_ERROR(ReadSource(source, file, backend, ids));
    BENCH_ASSIGN_OR_RETURN(adds_bos, file.Flag("add_bos_token", adds_bos));
  }
  for (const Role& role : kRoles) {
    if (!(ids.*role.id)) ids.*role.id = own.*role.id;
  }
  if (!adds_bos) ids.bos.reset();
  return ids;
}

}  // namespace bench::harness
