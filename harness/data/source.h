// Data sources: packages of the Debian archive whose content is pinned by a digest.
//
// A manifest (experiments/data/<name>.toml) names the package, its licence, the files inside it and
// the SHA-256 of the records extracted from them. Fetching runs `apt-get download` and
// `dpkg-deb -x` in a temporary folder (no root, no shell) and publishes the records as one file,
// <store>/sources/<name>-<first 16 digits of the digest>.jsonl, beside a .package.json that records
// the package's version. What is there and has the declared digest is not fetched again.
//
// Records of kind "gettext", one JSON object a line, sorted by bytes, without repeats:
//   {"catalogue":"bash.mo","context":"","english":"...","translations":{"zh_CN":"...","zh_TW":"..."}}
// "english" is msgid_plural and the translation is the last form where a message has a plural.
// Of kind "files" the matching files are kept as they are, in a folder of that name without suffix;
// its digest is the SHA-256 of the lines "<path> <SHA-256 of the file>\n" in the paths' order.
//
// Errors: UsageError for a manifest; DataError naming both digests when the content has changed, or
// the package has no such file; EnvironmentError naming package and command when it cannot be had.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "harness/data/document_format.h"

namespace bench::harness {

enum class SourceKind { kGettext, kFiles };
constexpr std::array<std::string_view, 2> EnumNames(SourceKind) { return {"gettext", "files"}; }

struct SourceManifest {
  std::string name;  // file stem of the manifest
  std::string path;  // of the manifest, for messages
  SourceKind kind = SourceKind::kGettext;
  std::string package;  // Debian package
  std::string licence;
  std::string description;
  std::vector<std::string> files;  // fnmatch patterns relative to the package's root
  // How its documents are written; none: as each file's name tells. kMessages for kind "gettext".
  std::optional<DocumentFormat> format;
  std::string sha256;  // of the content that is kept
};

// What documents made of the source depend on: SHA-256 of the content's digest and the format.
std::string DocumentsDigest(const SourceManifest& manifest);

// Reads experiments/data/<name>.toml below `experiments_root`.
absl::StatusOr<SourceManifest> LoadSourceManifest(const std::string& experiments_root,
                                                  const std::string& name);

struct CatalogueRecord {
  std::string catalogue;
  std::string context;
  std::string english;
  std::map<std::string, std::string> translations;  // language -> text
  friend bool operator==(const CatalogueRecord&, const CatalogueRecord&) = default;
};

struct FetchedSource {
  std::string name;
  std::string path;    // of the records file, or the folder of files
  std::string sha256;  // of that content, verified
  std::string package;
  std::string package_version;  // "" if the store no longer knows it
  bool already_there = false;
};

// Where package contents come from; tests replace it.
class PackageArchive {
 public:
  virtual ~PackageArchive() = default;
  // Unpacks `package` below `folder` (exists, empty) and returns its version.
  virtual absl::StatusOr<std::string> Unpack(const std::string& package,
                                             const std::string& folder) = 0;
};

// The Debian archive through the two programs.
struct ArchivePrograms {
  std::string apt_get = "apt-get";
  std::string dpkg_deb = "dpkg-deb";
};
std::unique_ptr<PackageArchive> DebianArchive(const ArchivePrograms& programs = {});

absl::StatusOr<FetchedSource> FetchSource(const SourceManifest& manifest, const std::string& store,
                                          PackageArchive& archive);

absl::StatusOr<std::vector<CatalogueRecord>> ReadCatalogueRecords(const FetchedSource& source);

// The records file's bytes for a package unpacked below `root`: what `sha256` is the digest of.
absl::StatusOr<std::string> ExtractRecords(const SourceManifest& manifest, const std::string& root);

}  // namespace bench::harness
