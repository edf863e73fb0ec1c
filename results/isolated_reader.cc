#include "results/isolated_reader.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "base/limited_child.h"
#include "base/status.h"
#include "results/hdf5_file.h"
#include "results/record_transport.h"

namespace bench::results {
namespace {

constexpr int64_t kBaseProcessorSeconds = 10;
constexpr int64_t kBytesPerProcessorSecond = 500'000;

// The first byte of the child's answer: the record follows, or an error's message.
enum class Answer : char { kRecord = 'R', kBadData = 'D', kOther = 'E' };

std::string MakeAnswer(Answer kind, std::string_view text) {
  return absl::StrCat(std::string(1, static_cast<char>(kind)), std::string(text));
}

std::string ReadAndEncode(const std::string& path) {
  absl::StatusOr<RunRecord> record = ReadResults(path);
  const absl::StatusOr<std::string> bytes =
      record.ok() ? EncodeRecord(*std::move(record)) : absl::StatusOr<std::string>(record.status());
  if (bytes.ok()) return MakeAnswer(Answer::kRecord, *bytes);
  const bool bad_data = ExitCodeFor(bytes.status()) == ExitCode::kBadData;
  const absl::string_view message = bytes.status().message();
  return MakeAnswer(bad_data ? Answer::kBadData : Answer::kOther, {message.data(), message.size()});
}

// The size of a regular file.
absl::StatusOr<int64_t> RegularFileSize(const std::string& path) {
  struct stat info;
  if (::stat(path.c_str(), &info) == -1) {
    return EnvironmentError(absl::StrCat("cannot open ", path, ": ", std::strerror(errno)));
  }
  if (!S_ISREG(info.st_mode)) return DataError(absl::StrCat(path, " is not a regular file"));
  return static_cast<int64_t>(info.st_size);
}

absl::StatusOr<RunRecord> Decode(const std::string& path, std::string_view answer) {
  if (answer.empty()) return DataError(absl::StrCat(path, ": damaged: reading it gives nothing"));
  const std::string_view text = answer.substr(1);
  switch (static_cast<Answer>(answer[0])) {
    case Answer::kRecord: {
      absl::StatusOr<RunRecord> record = DecodeRecord(text);
      if (!record.ok()) return Annotate(record.status(), path);
      return record;
    }
    case Answer::kBadData:
      return DataError(text);
    case Answer::kOther:
      break;
  }
  return EnvironmentError(text);
}

}  // namespace

absl::StatusOr<RunRecord> ReadResultsIsolated(const std::string& path,
                                              const IsolationLimits& limits) {
  BENCH_ASSIGN_OR_RETURN(const int64_t size, RegularFileSize(path));
  ChildLimits child;
  child.memory_bytes = limits.memory_bytes;
  child.processor_s =
      limits.processor_s.value_or(kBaseProcessorSeconds + size / kBytesPerProcessorSecond);
  const absl::StatusOr<std::string> answer =
      RunInLimitedChild(child, [&] { return ReadAndEncode(path); });
  if (!answer.ok()) return Annotate(answer.status(), path);
  return Decode(path, *answer);
}

}  // namespace bench::results
