#include "results/journal.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/sha256.h"
#include "base/status.h"
#include "results/crc32c.h"

namespace bench::results {
namespace {

constexpr size_t kFrameHeaderBytes = 8;

void AppendU32(uint32_t value, std::string* out) {
  for (int shift = 0; shift < 32; shift += 8) out->push_back(static_cast<char>(value >> shift));
}

uint32_t ReadU32(std::string_view bytes) {
  uint32_t value = 0;
  for (int i = 3; i >= 0; --i) value = value << 8 | static_cast<unsigned char>(bytes[i]);
  return value;
}

// Why the frame at the start of `bytes` cannot be read; empty if it can.
std::string WhyTorn(std::string_view bytes) {
  if (bytes.size() < kFrameHeaderBytes) return "the last frame's header is cut";
  const uint32_t length = ReadU32(bytes);
  if (length == 0 || length > kMaxPayloadBytes) {
    return absl::StrCat("impossible payload length ", length);
  }
  if (bytes.size() - kFrameHeaderBytes < length) return "the last frame is cut";
  if (Crc32c(bytes.substr(kFrameHeaderBytes, length)) != ReadU32(bytes.substr(4))) {
    return "a frame's CRC-32C does not match";
  }
  return "";
}

}  // namespace

std::string JournalPath(const std::string& folder) {
  return absl::StrCat(folder, "/", bench::internal::View(kJournalName));
}

absl::StatusOr<std::string> EncodeFrame(std::string_view payload) {
  if (payload.empty() || payload.size() > static_cast<size_t>(kMaxPayloadBytes)) {
    return UsageError(absl::StrCat("a journal frame of ", payload.size(), " bytes: 1 to ",
                                   kMaxPayloadBytes, " are possible"));
  }
  std::string frame;
  frame.reserve(kFrameHeaderBytes + payload.size());
  AppendU32(static_cast<uint32_t>(payload.size()), &frame);
  AppendU32(Crc32c(payload), &frame);
  frame += payload;
  return frame;
}

JournalFrames SplitFrames(std::string_view bytes) {
  JournalFrames frames;
  std::string_view rest = bytes;
  while (!rest.empty()) {
    frames.torn_reason = WhyTorn(rest);
    if (!frames.torn_reason.empty()) break;
    const size_t length = ReadU32(rest);
    frames.payloads.push_back(rest.substr(kFrameHeaderBytes, length));
    rest.remove_prefix(kFrameHeaderBytes + length);
  }
  frames.torn_bytes = static_cast<int64_t>(rest.size());
  frames.valid_bytes = static_cast<int64_t>(bytes.size() - rest.size());
  return frames;
}

absl::StatusOr<std::string> JournalIdentity(const std::string& folder) {
  const std::string path = JournalPath(folder);
  BENCH_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(path));
  const JournalFrames frames = SplitFrames(bytes);
  if (!frames.payloads.empty()) return Sha256Hex(frames.payloads.front());
  return DataError(absl::StrCat(path, " is no journal: ", frames.torn_reason));
}

absl::StatusOr<JournalFile> JournalFile::Create(const std::string& folder,
                                                std::string_view first_payload) {
  BENCH_RETURN_IF_ERROR(MakeFolders(folder));
  const std::string path = JournalPath(folder);
  if (Exists(path)) {
    return EnvironmentError(absl::StrCat(folder, " already holds the journal of a run (", path,
                                         "); resume it or choose another folder"));
  }
  BENCH_ASSIGN_OR_RETURN(const std::string frame, EncodeFrame(first_payload));
  BENCH_RETURN_IF_ERROR(PublishFile(path, frame));
  BENCH_ASSIGN_OR_RETURN(AppendFile file, AppendFile::Open(path));
  return JournalFile(std::move(file), path, static_cast<int64_t>(frame.size()));
}

absl::StatusOr<JournalFile> JournalFile::Continue(const std::string& folder, int64_t valid_bytes) {
  const std::string path = JournalPath(folder);
  BENCH_ASSIGN_OR_RETURN(AppendFile file, AppendFile::Open(path));
  BENCH_RETURN_IF_ERROR(file.Truncate(valid_bytes));
  BENCH_RETURN_IF_ERROR(file.Sync());
  return JournalFile(std::move(file), path, valid_bytes);
}

absl::Status JournalFile::Add(std::string_view payload) {
  BENCH_RETURN_IF_ERROR(broken_);
  BENCH_ASSIGN_OR_RETURN(const std::string frame, EncodeFrame(payload));
  pending_ += frame;
  return absl::OkStatus();
}

absl::Status JournalFile::Flush() {
  BENCH_RETURN_IF_ERROR(broken_);
  if (pending_.empty()) return absl::OkStatus();
  if (absl::Status status = file_.Append(pending_); !status.ok()) {
    const absl::Status undone = file_.Truncate(size_);
    if (!undone.ok()) broken_ = undone;
    return status;
  }
  // After a failed fsync the kernel may have dropped the pages: nothing can be said about the file.
  broken_ = file_.Sync();
  BENCH_RETURN_IF_ERROR(broken_);
  size_ += static_cast<int64_t>(pending_.size());
  pending_.clear();
  return absl::OkStatus();
}

}  // namespace bench::results
