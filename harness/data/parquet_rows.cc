#include "harness/data/parquet_rows.h"

#include <dlfcn.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/status.h"
#include "harness/data/parquet_module.h"

namespace bench::harness {
namespace {

absl::StatusOr<ParquetReader> LoadReader(const std::string& path) {
  std::error_code error;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", error);
  const std::string module_path = (program.parent_path() / kParquetModule).string();
  void* module = ::dlopen(module_path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (module == nullptr) {
    return EnvironmentError(absl::StrCat(
        path, ": a Parquet file needs Arrow's library: ", ::dlerror(),
        "; install setup/requirements-parquet.txt (set-up does) and build again, or write the data "
        "as JSON lines"));
  }
  const auto read = reinterpret_cast<ParquetReader>(::dlsym(module, kReadParquet));
  if (read == nullptr) {
    return EnvironmentError(absl::StrCat(module_path, " is of another version: build again"));
  }
  return read;
}

// Arrow's message up to its end of line; it says neither which file nor that the file is at fault.
absl::Status Damaged(const ParquetRequest& request) {
  return DataError(absl::StrCat(request.path, ": no valid Parquet file: ",
                                request.error.substr(0, request.error.find('\n'))));
}

absl::StatusOr<ParquetRequest> ReadSchema(const std::string& path) {
  if (!Exists(path)) return EnvironmentError(absl::StrCat("cannot open ", path));
  BENCH_ASSIGN_OR_RETURN(const ParquetReader read, LoadReader(path));
  ParquetRequest request;
  request.path = path;
  read(request);
  if (!request.error.empty()) return Damaged(request);
  return request;
}

class Reader {
 public:
  Reader(const std::string& path, std::span<const FieldRule> rules, RecordSink& sink)
      : path_(path), rules_(rules), sink_(sink) {}

  absl::Status Read() {
    BENCH_ASSIGN_OR_RETURN(const ParquetRequest schema, ReadSchema(path_));
    BENCH_RETURN_IF_ERROR(CheckColumns(schema));
    ParquetRequest request;
    request.path = path_;
    for (const FieldRule& rule : rules_) request.columns.emplace_back(rule.name);
    absl::Status status;
    request.on_row = [&](ParquetCells cells) {
      status = TakeRow(std::move(cells));
      return status.ok();
    };
    BENCH_ASSIGN_OR_RETURN(const ParquetReader read, LoadReader(path_));
    read(request);
    BENCH_RETURN_IF_ERROR(status);
    return request.error.empty() ? absl::OkStatus() : Damaged(request);
  }

 private:
  absl::Status CheckColumns(const ParquetRequest& schema) {
    std::set<std::string> seen;
    for (const auto& [name, kind] : schema.schema) {
      columns_.insert(name);
      const auto rule = RuleNamed(rules_, name);
      if (!rule) continue;
      if (!seen.insert(name).second) {
        return DataError(absl::StrCat(path_, ": two columns \"", name, "\""));
      }
      const bool may_be_list = rules_[*rule].type == FieldType::kMessages;
      if (kind == FieldKind::kText || (kind == FieldKind::kList && may_be_list)) continue;
      return DataError(absl::StrCat(path_, ": column \"", name, "\" is not of ",
                                    may_be_list ? "lists" : "texts"));
    }
    for (const FieldRule& rule : rules_) {
      const std::string name(rule.name);
      if (rule.presence == FieldPresence::kOptional || columns_.contains(name)) continue;
      return DataError(
          absl::StrCat(path_, ": no column \"", name, "\"", KeysInstead(name, columns_)));
    }
    return absl::OkStatus();
  }

  absl::Status TakeRow(ParquetCells cells) {
    const std::string where = absl::StrCat(path_, ": record ", ++record_, ": ");
    int64_t num_bytes = 0;
    for (const auto& cell : cells) num_bytes += cell ? std::ssize(*cell) : 0;
    if (num_bytes > sink_.options().max_record_bytes) return sink_.Refuse(sink_.OverLimit(), where);
    return sink_.Take(OutcomeOfCells(rules_, std::move(cells), columns_), where);
  }

  const std::string& path_;
  const std::span<const FieldRule> rules_;
  RecordSink& sink_;
  std::set<std::string> columns_;
  int64_t record_ = 0;
};

}  // namespace

absl::StatusOr<FieldKinds> FindParquetColumns(const std::string& path) {
  BENCH_ASSIGN_OR_RETURN(const ParquetRequest schema, ReadSchema(path));
  return FieldKinds(schema.schema.begin(), schema.schema.end());
}

absl::Status ReadParquetRows(const std::string& path, std::span<const FieldRule> rules,
                             RecordSink& sink) {
  return Reader(path, rules, sink).Read();
}

}  // namespace bench::harness
