// A passage: the windows of a document that share one anchor (window_anchors.h), with their bytes.
//
// Passages go through an exchange (shuffle.h) and sorts (external_sort.h), which take records of
// one size: a passage is cut into pieces of kPassagePieceBytes, 192 bytes each with what they are
// sorted by. Pieces in order are passages in the order of (anchor, document, begin, shard), each
// whole: within a shard a document has one passage that begins at a byte, or copies that are equal
// and are given once.
// Errors: for pieces that do not follow each other EnvironmentError, since they are of the work and
// no input; it says where they are from and what to remove.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "harness/corpus/digest.h"

namespace bench::corpus {

struct Passage {
  uint64_t anchor = 0;
  Digest128 document;
  uint64_t begin = 0;  // in the document
  uint32_t shard = 0;
  uint32_t num_begins = 0;  // windows begin in the first so many bytes
  // The same bytes follow `repeats` times more, each `stride` bytes after the other: text that
  // repeats itself.
  uint64_t stride = 0;
  uint64_t repeats = 0;
  std::string text;  // num_begins - 1 + min_bytes bytes
};

// Where passages or their anchors are read from, for messages.
struct PassageSource {
  std::string path;
  std::string work_folder;  // which all of it is in
};
// EnvironmentError: what is there is not what the phases before have left.
absl::Status DamagedError(const PassageSource& source, std::string_view what);

inline constexpr size_t kPassagePieceBytes = 128;

struct PassagePiece {
  static constexpr uint32_t kKind = 14;
  uint64_t anchor = 0;
  Digest128 document;
  uint64_t begin = 0;
  uint32_t shard = 0;
  uint32_t number = 0;  // of the passage's pieces
  uint32_t num_begins = 0;
  uint32_t num_bytes = 0;  // of the passage
  uint64_t stride = 0;
  uint64_t repeats = 0;
  std::array<char, kPassagePieceBytes> text = {};  // zeros behind the passage's end
  uint64_t PartitionHash() const { return anchor; }
  friend auto operator<=>(const PassagePiece&, const PassagePiece&) = default;
};

absl::Status VisitPieces(const Passage& passage,
                         const std::function<absl::Status(const PassagePiece&)>& visit);

// Pieces in their order to passages.
class PassageJoiner {
 public:
  using Visitor = std::function<absl::Status(const Passage&)>;
  PassageJoiner(PassageSource source, Visitor visit)
      : source_(std::move(source)), visit_(std::move(visit)) {}
  absl::Status Add(const PassagePiece& piece);
  // After the last piece.
  absl::Status Finish() const;

 private:
  absl::Status NotWhole() const { return DamagedError(source_, "a passage is not whole"); }

  const PassageSource source_;
  const Visitor visit_;
  Passage passage_;
  uint32_t num_pieces_ = 0;  // of the passage at hand
};

}  // namespace bench::corpus
