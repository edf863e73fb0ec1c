#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/json.h"
#include "base/status.h"
#include "harness/control/signals.h"
#include "harness/data/gettext.h"
#include "harness/data/source.h"
#include "harness/data/source_content.h"

namespace bench::harness {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kMaxCatalogueBytes = int64_t{64} << 20;
constexpr int64_t kMaxRecordsBytes = int64_t{1} << 30;

// The key under which the languages of one message meet.
struct MessageKey {
  std::string catalogue;
  std::string context;
  std::string english;
  friend auto operator<=>(const MessageKey&, const MessageKey&) = default;
};
using MessageTable = std::map<MessageKey, std::map<std::string, std::string>>;

// ".../locale/zh_CN/LC_MESSAGES/bash.mo" -> "zh_CN".
absl::StatusOr<std::string> LanguageOf(const std::string& path) {
  const fs::path folder = fs::path(path).parent_path();
  if (folder.filename() != "LC_MESSAGES") {
    return DataError(absl::StrCat(path, ": not in a folder LANGUAGE/LC_MESSAGES"));
  }
  return folder.parent_path().filename().string();
}

absl::Status AddCatalogue(const std::string& root, const std::string& path, MessageTable& table) {
  BENCH_ASSIGN_OR_RETURN(const std::string language, LanguageOf(path));
  BENCH_ASSIGN_OR_RETURN(const std::string bytes,
                         ReadFile(absl::StrCat(root, "/", path), kMaxCatalogueBytes));
  BENCH_ASSIGN_OR_RETURN(std::vector<CatalogueMessage> messages, ParseCatalogue(bytes, path));
  const std::string catalogue = fs::path(path).filename().string();
  for (CatalogueMessage& message : messages) {
    if (message.translations.back().empty()) continue;
    std::string& english = message.id_plural.empty() ? message.id : message.id_plural;
    table[{catalogue, std::move(message.context), std::move(english)}].insert_or_assign(
        language, std::move(message.translations.back()));
  }
  return absl::OkStatus();
}

std::string RecordLine(const MessageKey& key,
                       const std::map<std::string, std::string>& translations) {
  nlohmann::ordered_json line;
  line["catalogue"] = key.catalogue;
  line["context"] = key.context;
  line["english"] = key.english;
  line["translations"] = translations;
  return line.dump() + "\n";
}

absl::StatusOr<CatalogueRecord> ParseRecord(const std::string& line) {
  BENCH_ASSIGN_OR_RETURN(const nlohmann::json json, ParseJson(line));
  CatalogueRecord record;
  BENCH_ASSIGN_OR_RETURN(record.catalogue, JsonMember<std::string>(json, "catalogue"));
  BENCH_ASSIGN_OR_RETURN(record.context, JsonMember<std::string>(json, "context"));
  BENCH_ASSIGN_OR_RETURN(record.english, JsonMember<std::string>(json, "english"));
  BENCH_ASSIGN_OR_RETURN(const auto translations, JsonMember<nlohmann::json>(json, "translations"));
  if (!translations.is_object()) return DataError("\"translations\" is no object");
  for (const auto& [language, text] : translations.items()) {
    if (!text.is_string()) return DataError("a translation is no text");
    record.translations[language] = text.get<std::string>();
  }
  return record;
}

}  // namespace

absl::StatusOr<std::string> ExtractRecords(const SourceManifest& manifest,
                                           const std::string& root) {
  BENCH_ASSIGN_OR_RETURN(const std::vector<std::string> files, MatchingFiles(manifest, root));
  MessageTable table;
  for (const std::string& file : files) {
    BENCH_RETURN_IF_ERROR(CheckNotStopped());
    if (auto status = AddCatalogue(root, file, table); !status.ok()) {
      return Annotate(status, absl::StrCat("source ", manifest.name));
    }
  }
  std::set<std::string> lines;
  for (const auto& [key, translations] : table) lines.insert(RecordLine(key, translations));
  std::string bytes;
  for (const std::string& line : lines) bytes += line;
  return bytes;
}

absl::StatusOr<std::vector<CatalogueRecord>> ReadCatalogueRecords(const FetchedSource& source) {
  BENCH_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(source.path, kMaxRecordsBytes));
  std::vector<CatalogueRecord> records;
  for (size_t begin = 0; begin < bytes.size();) {
    BENCH_RETURN_IF_ERROR(CheckNotStopped());
    const size_t end = std::min(bytes.find('\n', begin), bytes.size());
    auto record = ParseRecord(bytes.substr(begin, end - begin));
    if (!record.ok()) {
      return Annotate(record.status(), absl::StrCat(source.path, ":", records.size() + 1));
    }
    records.push_back(*std::move(record));
    begin = end + 1;
  }
  return records;
}

}  // namespace bench::harness
