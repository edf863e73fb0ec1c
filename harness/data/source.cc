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

namespace bench::harness {
namespace {

constexpr size_t kDigestDigitsInName = 16;

std::string RecordsPath(const SourceManifest& manifest, const std::string& store) {
  return absl::StrCat(store, "/sources/", manifest.name, "-",
                      manifest.sha256.substr(0, kDigestDigitsInName), ".jsonl");
}

std::string PackagePath(const SourceManifest& manifest, const std::string& store) {
  return absl::StrCat(store, "/sources/", manifest.name, "-",
                      manifest.sha256.substr(0, kDigestDigitsInName), ".package.json");
}

// The version recorded at the fetch. Losing it loses no data, so it is never an error.
std::string RecordedVersion(const std::string& path) {
  const auto text = ReadFile(path, 1 << 16);
  if (!text.ok()) return "";
  const auto json = ParseJson(*text);
  if (!json.ok()) return "";
  return JsonMember<std::string>(*json, "version").value_or("");
}

bool HasDigest(const std::string& path, const std::string& sha256) {
  if (!Exists(path)) return false;
  const auto digest = Sha256File(path);
  return digest.ok() && *digest == sha256;
}

// Unpacks into a folder of this process and extracts; the folder is gone afterwards.
absl::StatusOr<std::string> UnpackAndExtract(const SourceManifest& manifest,
                                             const std::string& store, PackageArchive& archive,
                                             std::string& version) {
  const std::string folder = std::filesystem::absolute(absl::StrCat(store, "/sources/.unpacking-",
                                                                    manifest.name, "-", ::getpid()))
                                 .string();
  BENCH_RETURN_IF_ERROR(RemoveTree(folder));
  BENCH_RETURN_IF_ERROR(MakeFolders(folder));
  const auto remove = absl::MakeCleanup([&] { RemoveTree(folder).IgnoreError(); });
  BENCH_ASSIGN_OR_RETURN(version, archive.Unpack(manifest.package, folder));
  return ExtractRecords(manifest, folder);
}

absl::Status ContentChanged(const SourceManifest& manifest, const std::string& version,
                            const std::string& digest) {
  return DataError(absl::StrCat("source ", manifest.name, ": the content of package ",
                                manifest.package, " ", version,
                                " has changed: its records have SHA-256 ", digest, ", ",
                                manifest.path, " declares ", manifest.sha256));
}

}  // namespace

absl::StatusOr<FetchedSource> FetchSource(const SourceManifest& manifest, const std::string& store,
                                          PackageArchive& archive) {
  const std::string package_path = PackagePath(manifest, store);
  FetchedSource source{.name = manifest.name,
                       .records_path = RecordsPath(manifest, store),
                       .sha256 = manifest.sha256,
                       .package = manifest.package};
  if (HasDigest(source.records_path, manifest.sha256)) {
    source.package_version = RecordedVersion(package_path);
    source.already_there = true;
    return source;
  }
  BENCH_ASSIGN_OR_RETURN(const std::string records,
                         UnpackAndExtract(manifest, store, archive, source.package_version));
  const std::string digest = Sha256Hex(records);
  if (digest != manifest.sha256) return ContentChanged(manifest, source.package_version, digest);
  const nlohmann::ordered_json package = {{"package", manifest.package},
                                          {"version", source.package_version},
                                          {"licence", manifest.licence},
                                          {"sha256", digest}};
  BENCH_RETURN_IF_ERROR(PublishFile(package_path, package.dump() + "\n"));
  BENCH_RETURN_IF_ERROR(PublishFile(source.records_path, records));
  return source;
}

}  // namespace bench::harness
