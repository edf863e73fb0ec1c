#include "harness/corpus/passage.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"

namespace bench::corpus {
namespace {

bool BelongsTo(const PassagePiece& piece, const Passage& passage) {
  return piece.anchor == passage.anchor && piece.document == passage.document &&
         piece.begin == passage.begin && piece.shard == passage.shard;
}

}  // namespace

absl::Status DamagedError(const PassageSource& source, std::string_view what) {
  return EnvironmentError(absl::StrCat(source.path, ": ", internal::View(what),
                                       "; to begin the work anew, remove the folder ",
                                       source.work_folder));
}

absl::Status VisitPieces(const Passage& passage,
                         const std::function<absl::Status(const PassagePiece&)>& visit) {
  PassagePiece piece;
  piece.anchor = passage.anchor;
  piece.document = passage.document;
  piece.begin = passage.begin;
  piece.shard = passage.shard;
  piece.num_begins = passage.num_begins;
  piece.num_bytes = static_cast<uint32_t>(passage.text.size());
  piece.stride = passage.stride;
  piece.repeats = passage.repeats;
  for (size_t begin = 0; begin < passage.text.size(); begin += kPassagePieceBytes) {
    piece.text.fill('\0');
    passage.text.copy(piece.text.data(), kPassagePieceBytes, begin);
    BENCH_RETURN_IF_ERROR(visit(piece));
    ++piece.number;
  }
  return absl::OkStatus();
}

absl::Status PassageJoiner::Add(const PassagePiece& piece) {
  if (piece.number != num_pieces_) return NotWhole();
  if (num_pieces_ == 0) {
    passage_ = {piece.anchor,     piece.document, piece.begin,   piece.shard,
                piece.num_begins, piece.stride,   piece.repeats, {}};
  } else if (!BelongsTo(piece, passage_)) {
    return NotWhole();
  }
  if (passage_.text.size() >= piece.num_bytes) return NotWhole();
  const size_t num_left = piece.num_bytes - passage_.text.size();
  passage_.text.append(piece.text.data(), std::min(num_left, kPassagePieceBytes));
  ++num_pieces_;
  if (passage_.text.size() < piece.num_bytes) return absl::OkStatus();
  num_pieces_ = 0;
  return visit_(passage_);
}

absl::Status PassageJoiner::Finish() const {
  return num_pieces_ == 0 ? absl::OkStatus() : NotWhole();
}

}  // namespace bench::corpus
