// A format of foreign files and what its reader must do with a damaged one.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "base/status.h"
#include "tests/mutants/mutator.h"

namespace bench::mutants {

struct Format {
  std::string name;
  std::function<Corpus()> corpus;  // called in a process of its own
  // Reads `bytes` as a user's file; `folder` is for what must lie on the disk, and is the same
  // for all mutants of a format.
  std::function<absl::Status(const std::string& bytes, const std::string& folder)> read;
  ExitCode refusal = ExitCode::kBadData;  // of what it cannot read
};

// One line a format; another one is added to the file of its library.
std::vector<Format> ResultsFormats();
std::vector<Format> DefinitionFormats();
std::vector<Format> DataFormats();
std::vector<Format> CorpusFormats();
std::vector<Format> ModelFormats();
std::vector<Format> ProgramFormats();
std::vector<Format> StoreFormats();
std::vector<Format> RowFormats();
std::vector<Format> ImageFormats();

// Writes without fsync: thousands of files.
void WriteFile(const std::string& path, const std::string& bytes);
// A file of the tests folder.
std::string TestFile(const std::string& name);

// The words of JSON, for Corpus::words.
std::vector<std::string> JsonWords();

}  // namespace bench::mutants
