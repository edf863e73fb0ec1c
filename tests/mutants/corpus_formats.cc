// What the phases of a corpus hand to each other.
#include "base/file.h"
#include "harness/corpus/document_file.h"
#include "harness/corpus/record_file.h"
#include "harness/corpus/star_components.h"
#include "tests/mutants/format.h"
#include "tests/support/temp_folder.h"

namespace bench::mutants {
namespace {

using corpus::DigestEdge;
using corpus::DocumentFile;
using corpus::DocumentWriter;
using corpus::RecordWriter;

// Sizes that are none.
std::vector<std::string> NumberWords() {
  return {std::string(8, '\0'), std::string(8, '\xFF'), "\x01", "bnchdoc1", "bnchrec1"};
}

Corpus DocumentFiles() {
  const TempFolder folder;
  auto writer = DocumentWriter::Create(folder / "f").value();
  for (const char* text : {"one text", "打开文件", ""}) {
    writer.Add({"file.txt#1", text, "source", "en"}).value();
  }
  writer.Finish().IgnoreError();
  return {{ReadFile(folder / "f").value()}, NumberWords()};
}

absl::Status ReadDocuments(const std::string& bytes, const std::string& folder) {
  WriteFile(folder + "/documents", bytes);
  BENCH_ASSIGN_OR_RETURN(DocumentFile file, DocumentFile::Open(folder + "/documents"));
  for (;;) {
    BENCH_ASSIGN_OR_RETURN(const std::optional<corpus::Document> document, file.Next());
    if (!document) return absl::OkStatus();
  }
}

Corpus RecordFiles() {
  const TempFolder folder;
  auto writer =
      RecordWriter<DigestEdge>::Create(folder / "f", corpus::Durability::kPublished).value();
  for (uint64_t i = 0; i < 5; ++i) writer.Add({{i, i}, {0, 0}}).IgnoreError();
  writer.Finish().IgnoreError();
  return {{ReadFile(folder / "f").value()}, NumberWords()};
}

absl::Status ReadRecords(const std::string& bytes, const std::string& folder) {
  WriteFile(folder + "/records", bytes);
  return corpus::ForEachRecord<DigestEdge>(folder + "/records",
                                           [](const DigestEdge&) { return absl::OkStatus(); });
}

}  // namespace

std::vector<Format> CorpusFormats() {
  return {
      {"corpus documents", DocumentFiles, ReadDocuments},
      {"corpus records", RecordFiles, ReadRecords},
  };
}

}  // namespace bench::mutants
