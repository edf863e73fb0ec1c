#include <toml++/toml.h>

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/sha256.h"
#include "base/status.h"
#include "harness/data/source.h"
#include "harness/definition/enum_names.h"
#include "harness/definition/toml_document.h"
#include "harness/definition/unknown_key.h"

namespace bench::harness {
namespace {

constexpr int64_t kMaxManifestBytes = 1 << 16;
const std::vector<std::string> kKeys = {"kind",  "package", "licence", "description",
                                        "files", "format",  "sha256"};

absl::Status At(const std::string& path, const toml::source_region& where,
                const std::string& message) {
  return UsageError(
      absl::StrCat(path, ":", where.begin.line, ":", where.begin.column, ": ", message));
}

// Debian policy 5.6.1; also keeps names that look like options away from the command line.
bool IsPackageName(std::string_view name) {
  return name.size() > 1 && absl::ascii_isalnum(static_cast<unsigned char>(name[0])) &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789+-.") ==
             std::string_view::npos;
}

class ManifestReader {
 public:
  ManifestReader(const toml::table& table, SourceManifest& manifest)
      : table_(table), manifest_(manifest) {}

  absl::Status Read() {
    BENCH_RETURN_IF_ERROR(CheckKeys());
    std::string kind;
    BENCH_RETURN_IF_ERROR(Text("kind", kind));
    const auto known = FromName<SourceKind>(kind);
    if (!known) return Wrong("kind", "is neither \"gettext\" nor \"files\"");
    manifest_.kind = *known;
    BENCH_RETURN_IF_ERROR(Text("package", manifest_.package));
    if (!IsPackageName(manifest_.package)) return Wrong("package", "is not a package's name");
    BENCH_RETURN_IF_ERROR(Text("licence", manifest_.licence));
    BENCH_RETURN_IF_ERROR(Text("description", manifest_.description));
    BENCH_RETURN_IF_ERROR(Text("sha256", manifest_.sha256));
    if (!IsSha256(manifest_.sha256)) return Wrong("sha256", "is not 64 lower-case hex digits");
    BENCH_RETURN_IF_ERROR(Format());
    return Files();
  }

 private:
  absl::Status CheckKeys() {
    for (const auto& [key, value] : table_) {
      const std::string name(key.str());
      if (std::find(kKeys.begin(), kKeys.end(), name) != kKeys.end()) continue;
      return At(manifest_.path, key.source(),
                absl::StrCat("unknown key \"", name, "\"; ", Suggestion(name, kKeys)));
    }
    return absl::OkStatus();
  }

  absl::Status Text(std::string_view key, std::string& out) {
    const toml::node* node = table_.get(key);
    if (node == nullptr) {
      return At(manifest_.path, table_.source(), absl::StrCat("no key \"", std::string(key), "\""));
    }
    const auto text = node->value_exact<std::string>();
    if (!text || text->empty()) return Wrong(key, "is not a text");
    out = *text;
    return absl::OkStatus();
  }

  absl::Status Format() {
    if (manifest_.kind == SourceKind::kGettext) manifest_.format = DocumentFormat::kMessages;
    if (!table_.contains("format")) return absl::OkStatus();
    std::string name;
    BENCH_RETURN_IF_ERROR(Text("format", name));
    const auto format = FromName<DocumentFormat>(name);
    if (manifest_.kind != SourceKind::kFiles || !format || *format == DocumentFormat::kMessages) {
      return Wrong("format", "is no format of files");
    }
    manifest_.format = format;
    return absl::OkStatus();
  }

  absl::Status Files() {
    const toml::array* files = table_["files"].as_array();
    if (files == nullptr) return Wrong("files", "is not a list of texts");
    for (const toml::node& node : *files) {
      const auto pattern = node.value_exact<std::string>();
      if (!pattern || pattern->empty()) return Wrong("files", "is not a list of texts");
      manifest_.files.push_back(*pattern);
    }
    return files->empty() ? Wrong("files", "is empty") : absl::OkStatus();
  }

  absl::Status Wrong(std::string_view key, const std::string& what) {
    const toml::node* node = table_.get(key);
    return At(manifest_.path, node == nullptr ? table_.source() : node->source(),
              absl::StrCat("\"", std::string(key), "\" ", what));
  }

  const toml::table& table_;
  SourceManifest& manifest_;
};

}  // namespace

std::string DocumentsDigest(const SourceManifest& manifest) {
  constexpr auto kNames = EnumNames(DocumentFormat{});
  const std::string_view format =
      manifest.format ? kNames[static_cast<size_t>(*manifest.format)] : "by name";
  return Sha256Hex(absl::StrCat(manifest.sha256, " ", std::string(format)));
}

absl::StatusOr<SourceManifest> LoadSourceManifest(const std::string& experiments_root,
                                                  const std::string& name) {
  SourceManifest manifest;
  manifest.name = name;
  manifest.path = absl::StrCat(experiments_root, "/data/", name, ".toml");
  if (!Exists(manifest.path)) {
    return UsageError(absl::StrCat("no data source \"", name, "\": no file ", manifest.path));
  }
  const absl::StatusOr<std::string> text = ReadFile(manifest.path, kMaxManifestBytes);
  // A manifest is written by hand: one that is too large is a mistake, not bad data.
  if (absl::IsDataLoss(text.status())) return UsageError(std::string(text.status().message()));
  BENCH_RETURN_IF_ERROR(text.status());
  BENCH_ASSIGN_OR_RETURN(const toml::table table, ParseToml(*text, manifest.path));
  BENCH_RETURN_IF_ERROR(ManifestReader(table, manifest).Read());
  return manifest;
}

}  // namespace bench::harness
