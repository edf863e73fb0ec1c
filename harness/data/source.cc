#include "harness/data/source.h"

#include <unistd.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/json.h"
#include "base/sha256.h"
#include "base/status.h"
#include "harness/data/source_content.h"

namespace bench::harness {
namespace {

constexpr size_t kDigestDigitsInName = 16;

// Where the content of a source lies, without the suffix of its kind.
std::string ContentPath(const SourceManifest& manifest, const std::string& store) {
  return absl::StrCat(store, "/sources/", manifest.name, "-",
                      manifest.sha256.substr(0, kDigestDigitsInName));
}

// The version recorded at the fetch. Losing it loses no data, so it is never an error.
std::string RecordedVersion(const std::string& path) {
  const auto text = ReadFile(path, 1 << 16);
  if (!text.ok()) return "";
  const auto json = ParseJson(*text);
  if (!json.ok()) return "";
  return JsonMember<std::string>(*json, "version").value_or("");
}

// A folder of this process for unpacking, empty.
absl::StatusOr<std::string> MakeWorkFolder(const SourceManifest& manifest,
                                           const std::string& store) {
  const std::string folder = std::filesystem::absolute(absl::StrCat(store, "/sources/.unpacking-",
                                                                    manifest.name, "-", ::getpid()))
                                 .string();
  BENCH_RETURN_IF_ERROR(RemoveTree(folder));
  BENCH_RETURN_IF_ERROR(MakeFolders(folder));
  return folder;
}

std::string PackageText(const SourceManifest& manifest, const std::string& version) {
  const nlohmann::ordered_json package = {{"package", manifest.package},
                                          {"version", version},
                                          {"licence", manifest.licence},
                                          {"sha256", manifest.sha256}};
  return package.dump() + "\n";
}

absl::Status ContentChanged(const SourceManifest& manifest, const std::string& version,
                            const std::string& digest) {
  return DataError(absl::StrCat("source ", manifest.name, ": the content of package ",
                                manifest.package, " ", version, " has changed: it has SHA-256 ",
                                digest, ", ", manifest.path, " declares ", manifest.sha256));
}

}  // namespace

absl::StatusOr<FetchedSource> FetchSource(const SourceManifest& manifest, const std::string& store,
                                          PackageArchive& archive) {
  const SourceContent& content = ContentOf(manifest.kind);
  const std::string package_path = ContentPath(manifest, store) + ".package.json";
  FetchedSource source{.name = manifest.name,
                       .path = ContentPath(manifest, store) + content.suffix(),
                       .sha256 = manifest.sha256,
                       .package = manifest.package};
  if (content.Digest(source.path).value_or("") == manifest.sha256) {
    source.package_version = RecordedVersion(package_path);
    source.already_there = true;
    return source;
  }
  BENCH_ASSIGN_OR_RETURN(const std::string work, MakeWorkFolder(manifest, store));
  const auto remove = absl::MakeCleanup([&] { RemoveTree(work).IgnoreError(); });
  const std::string root = work + "/package";
  BENCH_RETURN_IF_ERROR(MakeFolders(root));
  BENCH_ASSIGN_OR_RETURN(source.package_version, archive.Unpack(manifest.package, root));
  const std::string made = work + "/content";
  BENCH_RETURN_IF_ERROR(content.Extract(manifest, root, made));
  BENCH_ASSIGN_OR_RETURN(const std::string digest, content.Digest(made));
  if (digest != manifest.sha256) return ContentChanged(manifest, source.package_version, digest);
  BENCH_RETURN_IF_ERROR(PublishFile(package_path, PackageText(manifest, source.package_version)));
  BENCH_RETURN_IF_ERROR(RemoveTree(source.path));  // damaged, if it is there
  BENCH_RETURN_IF_ERROR(content.Publish(made, source.path));
  return source;
}

}  // namespace bench::harness
