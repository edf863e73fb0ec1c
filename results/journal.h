// The journal's framing: an append-only file of checked frames, the truth about a run until its
// results file is built from it.
//
// frame = u32 LE payload length (1 .. 16 MiB) | u32 LE CRC-32C of the payload | payload (CBOR map)
// A reader keeps the longest prefix of whole, valid frames; what follows is the torn tail, which is
// reported and never guessed at. Length 0 is invalid, so a tail of zeros (a file system's gift
// after a power failure) is no frame. Payloads are specified in FORMAT.md, encoded by
// journal_codec.h. Errors: DataError for a file that does not start with a valid frame,
// EnvironmentError for I/O.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/file.h"

namespace bench::results {

inline constexpr std::string_view kJournalName = "run.journal";
inline constexpr int64_t kMaxPayloadBytes = int64_t{16} << 20;

// `folder`/run.journal.
std::string JournalPath(const std::string& folder);

// The frame around `payload`; an error if it is empty or larger than kMaxPayloadBytes.
absl::StatusOr<std::string> EncodeFrame(std::string_view payload);

struct JournalFrames {
  std::vector<std::string_view> payloads;  // into the bytes given to SplitFrames
  int64_t valid_bytes = 0;                 // length of the valid prefix
  int64_t torn_bytes = 0;                  // what follows it
  std::string torn_reason;                 // empty without a torn tail
};
JournalFrames SplitFrames(std::string_view bytes);

// SHA-256 of the first frame of the journal in `folder`. It says when and how the run was begun and
// never changes, so it tells a run wherever its folder is moved, and two runs of one folder apart.
// DataError if there is no whole frame.
absl::StatusOr<std::string> JournalIdentity(const std::string& folder);

// Buffers frames and appends them in whole; a failed append is undone, so that the next one does
// not follow half a frame. A failed fsync or undo is final: every later call returns that error.
class JournalFile {
 public:
  // Publishes `folder`/run.journal with its first frame, so that a journal that exists has one;
  // EnvironmentError if there is one already.
  static absl::StatusOr<JournalFile> Create(const std::string& folder,
                                            std::string_view first_payload);
  // Opens an existing journal and cuts it to its first `valid_bytes`.
  static absl::StatusOr<JournalFile> Continue(const std::string& folder, int64_t valid_bytes);

  absl::Status Add(std::string_view payload);
  // Writes and fsyncs what was added.
  absl::Status Flush();

 private:
  JournalFile(AppendFile file, std::string path, int64_t size)
      : file_(std::move(file)), path_(std::move(path)), size_(size) {}
  AppendFile file_;
  std::string path_;
  int64_t size_;  // bytes on disk, all of them whole frames
  std::string pending_;
  absl::Status broken_;
};

}  // namespace bench::results
