#include "harness/corpus/work_ledger.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/mapped_file.h"
#include "base/status.h"
#include "harness/corpus/packed_bytes.h"

namespace bench::corpus {
namespace {

// Raised when the files of the work change.
constexpr uint64_t kVersion = 1;
constexpr size_t kTrailerBytes = 32;

template <typename T>
std::string Sealed(const T& value) {
  std::string bytes = Packed(std::pair<uint64_t, T>(kVersion, value));
  const Digest128 digest = DigestOf(bytes);
  return bytes.append(reinterpret_cast<const char*>(&digest), sizeof(digest));
}

// nullopt for a file that is not there or not whole.
template <typename T>
absl::StatusOr<std::optional<T>> ReadSealed(const std::string& path) {
  if (!Exists(path)) return std::optional<T>();
  BENCH_ASSIGN_OR_RETURN(const std::string file, ReadFile(path));
  std::string_view bytes(file);
  Digest128 digest;
  if (bytes.size() < sizeof(digest)) return std::optional<T>();
  const std::string_view body = bytes.substr(0, bytes.size() - sizeof(digest));
  const auto stored = Unpacked<Digest128>(bytes.substr(body.size()));
  if (stored != DigestOf(body)) return std::optional<T>();
  auto value = Unpacked<std::pair<uint64_t, T>>(body);
  if (!value || value->first != kVersion) return std::optional<T>();
  return std::optional<T>(std::move(value->second));
}

std::string StatePath(const std::string& folder) { return absl::StrCat(folder, "/work"); }

absl::Status BeginOrContinue(const std::string& folder, WorkState state) {
  BENCH_ASSIGN_OR_RETURN(const auto before, ReadSealed<WorkState>(StatePath(folder)));
  if (before && before->recipe == state.recipe) {
    state.least_shards = before->least_shards;
    state.attempt = before->attempt + 1;
  } else {
    BENCH_RETURN_IF_ERROR(RemoveTree(folder));
  }
  BENCH_RETURN_IF_ERROR(MakeFolders(folder));
  return PublishFile(StatePath(folder), Sealed(state));
}

}  // namespace

absl::StatusOr<WorkState> OpenWork(const std::string& folder, const Digest128& recipe,
                                   int64_t least_shards, const RankGroup& ranks) {
  absl::Status begun;
  if (ranks.leads()) begun = BeginOrContinue(folder, {recipe, least_shards, 1});
  BENCH_RETURN_IF_ERROR(ranks.Wait(begun));
  BENCH_ASSIGN_OR_RETURN(const auto state, ReadSealed<WorkState>(StatePath(folder)));
  if (!state) {
    return EnvironmentError(
        absl::StrCat(StatePath(folder), " is not there: all ranks must share the run's folder"));
  }
  if (state->recipe == recipe) return *state;
  return EnvironmentError(
      "the files of the corpus are not those that rank 0 sees: all ranks must share them");
}

std::string PartRecordPath(const std::string& folder, std::string_view phase, int part) {
  return absl::StrCat(folder, "/done/", internal::View(phase), "/", part);
}

absl::Status PublishPart(const std::string& folder, std::string_view phase, int part,
                         const PartRecord& record) {
  const std::string path = PartRecordPath(folder, phase, part);
  BENCH_RETURN_IF_ERROR(MakeFolders(path.substr(0, path.rfind('/'))));
  return PublishFile(path, Sealed(record));
}

absl::StatusOr<std::optional<PartRecord>> FindPart(const std::string& folder,
                                                   std::string_view phase, int part) {
  return ReadSealed<PartRecord>(PartRecordPath(folder, phase, part));
}

absl::StatusOr<OutputFiles> DescribeFiles(const std::string& folder,
                                          const std::vector<std::string>& paths) {
  OutputFiles files;
  std::string described;
  for (const std::string& path : paths) {
    BENCH_ASSIGN_OR_RETURN(const MappedFile file, MappedFile::Open(path));
    const std::string_view bytes = file.bytes();
    const size_t tail = std::min(bytes.size(), kTrailerBytes);
    absl::StrAppend(&described, path.substr(std::min(path.size(), folder.size())), "\n",
                    bytes.size(), "\n", internal::View(bytes.substr(bytes.size() - tail)), "\n");
    files.num_bytes += std::ssize(bytes);
  }
  files.digest = DigestOf(described);
  return files;
}

absl::StatusOr<int64_t> FileBytes(const std::vector<std::string>& paths) {
  int64_t num_bytes = 0;
  for (const std::string& path : paths) {
    std::error_code error;
    const auto size = std::filesystem::file_size(path, error);
    if (error) return EnvironmentError(absl::StrCat("cannot read ", path, ": ", error.message()));
    num_bytes += static_cast<int64_t>(size);
  }
  return num_bytes;
}

}  // namespace bench::corpus
