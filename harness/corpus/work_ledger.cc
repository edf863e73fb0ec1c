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
constexpr uint64_t kVersion = 2;
constexpr size_t kTrailerBytes = 32;
constexpr char kToBeginAnew[] = "to begin the work anew, remove the folder ";

template <typename T>
std::string Sealed(const T& value) {
  std::string bytes = Packed(std::pair<uint64_t, T>(kVersion, value));
  const Digest128 digest = DigestOf(bytes);
  return bytes.append(reinterpret_cast<const char*>(&digest), sizeof(digest));
}

// An error while looking is not an absence.
absl::StatusOr<bool> IsThere(const std::string& path) {
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(path, error);
  if (status.type() != std::filesystem::file_type::none) return std::filesystem::exists(status);
  return EnvironmentError(absl::StrCat("cannot look at ", path, ": ", error.message()));
}

// nullopt for bytes that are not whole.
template <typename T>
std::optional<T> Unsealed(std::string_view bytes) {
  if (bytes.size() < sizeof(Digest128)) return std::nullopt;
  const std::string_view body = bytes.substr(0, bytes.size() - sizeof(Digest128));
  const auto stored = Unpacked<Digest128>(bytes.substr(body.size()));
  if (stored != DigestOf(body)) return std::nullopt;
  auto value = Unpacked<std::pair<uint64_t, T>>(body);
  if (!value || value->first != kVersion) return std::nullopt;
  return std::move(value->second);
}

// nullopt for a file that is not there or not whole.
absl::StatusOr<std::optional<WorkState>> ReadState(const std::string& path) {
  BENCH_ASSIGN_OR_RETURN(const bool there, IsThere(path));
  if (!there) return std::optional<WorkState>();
  BENCH_ASSIGN_OR_RETURN(const std::string file, ReadFile(path));
  return Unsealed<WorkState>(file);
}

// How the file of a part begins; always of the same length.
struct PartHead {
  PartSummary summary;
  Digest128 result;

  template <typename Archive>
  void VisitFields(Archive& archive) {
    archive(summary, result);
  }
};

std::optional<PartHead> HeadOf(std::string_view file) {
  static const size_t num_bytes = Sealed(PartHead()).size();
  return Unsealed<PartHead>(file.substr(0, std::min(num_bytes, file.size())));
}

std::string StatePath(const std::string& folder) { return absl::StrCat(folder, "/work"); }

absl::Status BeginOrContinue(const std::string& folder, WorkState state) {
  const std::string path = StatePath(folder);
  BENCH_ASSIGN_OR_RETURN(const bool begun, IsThere(path));
  BENCH_ASSIGN_OR_RETURN(const auto before, ReadState(path));
  if (begun && !before) {
    return EnvironmentError(
        absl::StrCat(path,
                     " is damaged or of another program, so that nobody knows what the finished "
                     "parts beside it are of: ",
                     kToBeginAnew, folder));
  }
  if (before && before->recipe != state.recipe) {
    return EnvironmentError(absl::StrCat(
        folder,
        " holds finished parts of other work (another program, definition or tokenizer, or "
        "files of other names or sizes): continue with those, or, ",
        kToBeginAnew, folder));
  }
  if (before) {
    state.least_shards = before->least_shards;
    state.attempt = before->attempt + 1;
  }
  BENCH_RETURN_IF_ERROR(MakeFolders(folder));
  return PublishFile(path, Sealed(state));
}

}  // namespace

absl::StatusOr<WorkState> OpenWork(const std::string& folder, const Digest128& recipe,
                                   int64_t least_shards, const RankGroup& ranks) {
  absl::Status begun;
  if (ranks.leads()) begun = BeginOrContinue(folder, {recipe, least_shards, 1});
  BENCH_RETURN_IF_ERROR(ranks.Wait(begun));
  BENCH_ASSIGN_OR_RETURN(const auto state, ReadState(StatePath(folder)));
  if (!state) {
    return EnvironmentError(
        absl::StrCat(StatePath(folder), " is not there: all ranks must share the run's folder"));
  }
  if (state->recipe == recipe) return *state;
  return EnvironmentError(
      "the files of the corpus, or the tokenizer, are not those that rank 0 sees: all ranks must "
      "share them");
}

std::string PartRecordPath(const std::string& folder, std::string_view phase, int part) {
  return absl::StrCat(folder, "/done/", internal::View(phase), "/", part);
}

absl::Status PublishPart(const std::string& folder, std::string_view phase, int part,
                         const PartRecord& record) {
  const std::string path = PartRecordPath(folder, phase, part);
  BENCH_RETURN_IF_ERROR(MakeFolders(path.substr(0, path.rfind('/'))));
  const PartSummary& summary = record;
  const PartHead head = {summary, DigestOf(record.result)};
  return PublishFile(path, absl::StrCat(Sealed(head), record.result));
}

absl::StatusOr<std::optional<PartRecord>> FindPart(const std::string& folder,
                                                   std::string_view phase, int part) {
  const std::string path = PartRecordPath(folder, phase, part);
  BENCH_ASSIGN_OR_RETURN(const bool there, IsThere(path));
  if (!there) return std::optional<PartRecord>();
  BENCH_ASSIGN_OR_RETURN(std::string file, ReadFile(path));
  const std::optional<PartHead> head = HeadOf(file);
  if (!head) return std::optional<PartRecord>();
  PartRecord record{head->summary, file.substr(Sealed(*head).size())};
  if (DigestOf(record.result) != head->result) return std::optional<PartRecord>();
  return std::optional<PartRecord>(std::move(record));
}

absl::StatusOr<std::optional<PartSummary>> FindPartSummary(const std::string& folder,
                                                           std::string_view phase, int part) {
  const std::string path = PartRecordPath(folder, phase, part);
  BENCH_ASSIGN_OR_RETURN(const bool there, IsThere(path));
  if (!there) return std::optional<PartSummary>();
  BENCH_ASSIGN_OR_RETURN(const MappedFile file, MappedFile::Open(path));
  const std::optional<PartHead> head = HeadOf(file.bytes());
  if (!head) return std::optional<PartSummary>();
  return std::optional<PartSummary>(head->summary);
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
