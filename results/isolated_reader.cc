#include "results/isolated_reader.h"

#include <malloc.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <deque>
#include <iterator>
#include <optional>
#include <span>
#include <string_view>
#include <thread>
#include <utility>

#include "absl/strings/numbers.h"
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

using Reader = absl::StatusOr<RunRecord> (*)(const std::string& path);

std::string ReadAndEncode(const std::string& path, Reader read) {
  absl::StatusOr<RunRecord> record = read(path);
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

// What a child may use for a file of `size` bytes.
ChildLimits LimitsOf(int64_t size, const IsolationLimits& limits) {
  ChildLimits child;
  child.memory_bytes = limits.memory_bytes;
  child.processor_s =
      limits.processor_s.value_or(kBaseProcessorSeconds + size / kBytesPerProcessorSecond);
  return child;
}

absl::StatusOr<RunRecord> ReadOne(const std::string& path, const IsolationLimits& limits,
                                  Reader read) {
  BENCH_ASSIGN_OR_RETURN(const int64_t size, RegularFileSize(path));
  const absl::StatusOr<std::string> answer =
      RunInLimitedChild(LimitsOf(size, limits), [&] { return ReadAndEncode(path, read); });
  if (!answer.ok()) return Annotate(answer.status(), path);
  return Decode(path, *answer);
}

using Paths = std::span<const std::string>;

// Returning what one file took to the system, to ask for it again for the next, is a tenth of the
// time.
void KeepFreedMemory() {
  constexpr int kBytes = 256 << 20;
  ::mallopt(M_TRIM_THRESHOLD, kBytes);
  ::mallopt(M_MMAP_THRESHOLD, kBytes);
}

// A child that answers for all files, each answer behind its length; an error where one of them
// cannot be opened.
absl::StatusOr<LimitedChild> StartReading(Paths paths, const IsolationLimits& limits) {
  int64_t size = 0;
  for (const std::string& path : paths) {
    BENCH_ASSIGN_OR_RETURN(const int64_t bytes, RegularFileSize(path));
    size += bytes;
  }
  return LimitedChild::Start(LimitsOf(size, limits), [paths] {
    KeepFreedMemory();
    std::string answers;
    for (const std::string& path : paths) {
      const std::string answer = ReadAndEncode(path, ReadResultsSummary);
      absl::StrAppend(&answers, absl::Hex(answer.size(), absl::kZeroPad16), answer);
    }
    return answers;
  });
}

// The next answer, taken from the front; absent where there is no whole one.
std::optional<std::string_view> NextAnswer(std::string_view* answers) {
  constexpr size_t kLengthDigits = 16;
  uint64_t length = 0;
  if (answers->size() < kLengthDigits ||
      !absl::SimpleHexAtoi(internal::View(answers->substr(0, kLengthDigits)), &length) ||
      length > answers->size() - kLengthDigits) {
    return std::nullopt;
  }
  const std::string_view answer = answers->substr(kLengthDigits, length);
  answers->remove_prefix(kLengthDigits + length);
  return answer;
}

// Files and the child that reads them, or why there is none.
struct Batch {
  Paths paths;
  absl::StatusOr<LimitedChild> child;
};

// Appends a result a file; false, and none, where the child did not answer for all.
bool AppendAnswers(Batch batch, std::vector<absl::StatusOr<RunRecord>>* out) {
  if (!batch.child.ok()) return false;
  const absl::StatusOr<std::string> answers = (*std::move(batch.child)).Answer();
  if (!answers.ok()) return false;
  std::vector<absl::StatusOr<RunRecord>> records;
  std::string_view rest = *answers;
  for (const std::string& path : batch.paths) {
    const std::optional<std::string_view> answer = NextAnswer(&rest);
    if (!answer) return false;
    records.push_back(Decode(path, *answer));
  }
  std::move(records.begin(), records.end(), std::back_inserter(*out));
  return true;
}

// Children that read at a time.
size_t NumChildren() { return std::clamp(std::thread::hardware_concurrency(), 1U, 8U); }

}  // namespace

absl::StatusOr<RunRecord> ReadResultsIsolated(const std::string& path,
                                              const IsolationLimits& limits) {
  return ReadOne(path, limits, ReadResults);
}

std::vector<absl::StatusOr<RunRecord>> ReadSummariesIsolated(const std::vector<std::string>& paths,
                                                             const IsolationLimits& limits) {
  std::vector<absl::StatusOr<RunRecord>> records;
  std::deque<Batch> reading;
  Paths rest = paths;
  while (!rest.empty() || !reading.empty()) {
    if (!rest.empty() && reading.size() < NumChildren()) {
      const Paths batch = rest.first(std::min(rest.size(), kFilesOfAChild));
      rest = rest.subspan(batch.size());
      reading.push_back({batch, StartReading(batch, limits)});
      continue;
    }
    const Paths batch = reading.front().paths;
    const bool answered = AppendAnswers(std::move(reading.front()), &records);
    reading.pop_front();
    for (const std::string& path : answered ? Paths() : batch) {
      records.push_back(ReadOne(path, limits, ReadResultsSummary));
    }
  }
  return records;
}

}  // namespace bench::results
