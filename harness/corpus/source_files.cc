#include "harness/corpus/source_files.h"

#include <filesystem>
#include <system_error>

#include "base/file_kind.h"
#include "base/status.h"
#include "harness/data/source_content.h"

namespace bench::corpus {

absl::StatusOr<SourceFiles> FilesOf(const CorpusSource& source) {
  const std::filesystem::path path(source.path);
  std::error_code error;
  const bool is_folder = std::filesystem::is_directory(path, error);
  BENCH_RETURN_IF_ERROR(CheckFileOrFolder(source.path));
  const std::string parent = path.parent_path().string();
  const std::string root = is_folder ? source.path : (parent.empty() ? "." : parent);
  std::vector<std::string> names = {path.filename().string()};
  if (is_folder) {
    BENCH_ASSIGN_OR_RETURN(names, harness::RegularFiles(source.path));
  }
  SourceFiles found;
  if (is_folder && !source.format) {
    BENCH_ASSIGN_OR_RETURN(found.links, harness::LinksToFiles(source.path));
  }
  for (std::string& name : names) {
    const auto format = source.format ? source.format : FormatOf(name);
    if (format) {
      found.files.push_back({source.name, root, std::move(name), *format});
    } else {
      found.unknown.push_back(std::move(name));
    }
  }
  return found;
}

}  // namespace bench::corpus
