#include "harness/corpus/substring_dedup.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/status.h"
#include "harness/control/signals.h"
#include "harness/corpus/external_sort.h"
#include "harness/corpus/repeated_windows.h"
#include "harness/corpus/window_anchors.h"

namespace bench::corpus {
namespace {

// A union of ranges, added by growing begin.
struct Cover {
  std::vector<std::pair<uint64_t, uint64_t>> ranges;
  void Add(uint64_t begin, uint64_t end) {
    if (ranges.empty() || begin > ranges.back().second) {
      ranges.emplace_back(begin, end);
    } else {
      ranges.back().second = std::max(ranges.back().second, end);
    }
  }
};

// The runs of one document at a time, to the ranges that are cut.
class RangeWriter {
 public:
  explicit RangeWriter(RecordWriter<RemovedRange> writer) : writer_(std::move(writer)) {}

  absl::Status Add(const WindowRun& run) {
    if (run.document != document_) BENCH_RETURN_IF_ERROR(EndDocument());
    document_ = run.document;
    Cover& cover = run.kept != 0 ? kept_ : removed_;
    cover.Add(run.begin, run.end);
    return absl::OkStatus();
  }
  absl::Status Finish() {
    BENCH_RETURN_IF_ERROR(EndDocument());
    return writer_.Finish();
  }

 private:
  absl::Status EndDocument() {
    auto kept = kept_.ranges.begin();
    for (auto [begin, end] : removed_.ranges) {
      while (kept != kept_.ranges.end() && kept->second <= begin) ++kept;
      for (auto k = kept; k != kept_.ranges.end() && k->first < end; ++k) {
        if (begin < k->first) BENCH_RETURN_IF_ERROR(writer_.Add({document_, begin, k->first}));
        begin = k->second;
      }
      if (begin < end) BENCH_RETURN_IF_ERROR(writer_.Add({document_, begin, end}));
    }
    kept_.ranges.clear();
    removed_.ranges.clear();
    return absl::OkStatus();
  }

  RecordWriter<RemovedRange> writer_;
  Digest128 document_;
  Cover kept_, removed_;
};

// What all partitions say of a shard, in its order and in one file.
absl::Status SortRepeated(const ShuffleFiles& repeated, int shard, const std::string& path,
                          int64_t budget_bytes) {
  ExternalSorter<RepeatedAnchor> sorter(path + ".sort", budget_bytes);
  BENCH_RETURN_IF_ERROR(SortPartition(repeated, shard, sorter));
  BENCH_ASSIGN_OR_RETURN(auto writer,
                         RecordWriter<RepeatedAnchor>::Create(path, Durability::kSpilled));
  BENCH_RETURN_IF_ERROR(
      sorter.ForEachSorted([&](const RepeatedAnchor& anchor) { return writer.Add(anchor); }));
  return writer.Finish();
}

}  // namespace

std::string SubstringFiles::FoundPath(int shard) const {
  return absl::StrCat(Folder(), "/found-", shard, "-of-", num_shards);
}

double SubstringBytesOfTextByte(int64_t min_bytes, double repeated_share) {
  const int64_t anchor_bytes = std::max<int64_t>(min_bytes / 2, 1);
  const double stride = static_cast<double>(min_bytes - anchor_bytes + 2) / 2;
  const double passage_bytes = static_cast<double>(min_bytes) + stride;
  const double pieces = std::max(1.0, passage_bytes / double{kPassagePieceBytes} + 0.5);
  const double of_anchor =
      double{sizeof(AnchorRecord)} + repeated_share * pieces * double{sizeof(PassagePiece)};
  return 2 * of_anchor / stride;
}

absl::StatusOr<AnchorWriter> AnchorWriter::Create(const SubstringFiles& files, int shard,
                                                  int64_t min_bytes, int64_t budget_bytes) {
  BENCH_ASSIGN_OR_RETURN(auto writer,
                         ShuffleWriter<AnchorRecord>::Create(files.anchors(), shard, budget_bytes));
  return AnchorWriter(shard, min_bytes, std::move(writer));
}

absl::Status AnchorWriter::Add(const Document& document) {
  return VisitAnchors(document.text, min_bytes_, [this](const WindowAnchor& anchor) {
    return writer_.Add({anchor.hash, shard_, num_anchors_++});
  });
}

absl::Status MatchAnchors(const SubstringFiles& files, int partition, int64_t budget_bytes) {
  const ShuffleFiles anchors = files.anchors();
  BENCH_ASSIGN_OR_RETURN(auto repeated, ShuffleWriter<RepeatedAnchor>::Create(
                                            files.repeated(), partition, budget_bytes / 2));
  ExternalSorter<AnchorRecord> sorter(anchors.FoundPath(partition) + ".sort", budget_bytes / 2);
  BENCH_RETURN_IF_ERROR(SortPartition(anchors, partition, sorter));
  const auto add = [&repeated](const AnchorRecord& record) {
    return repeated.AddTo(static_cast<int>(record.shard), {record.number});
  };
  std::optional<AnchorRecord> first;  // of its hash
  bool is_alone = true;
  const auto take = [&](const AnchorRecord& record) -> absl::Status {
    if (!first || first->hash != record.hash) {
      first = record;
      is_alone = true;
      return absl::OkStatus();
    }
    if (is_alone) BENCH_RETURN_IF_ERROR(add(*first));
    is_alone = false;
    return add(record);
  };
  BENCH_RETURN_IF_ERROR(sorter.ForEachSorted(take));
  return repeated.Finish();
}

absl::StatusOr<PassageWriter> PassageWriter::Create(const SubstringFiles& files, int shard,
                                                    int64_t min_bytes, int64_t budget_bytes) {
  const ShuffleFiles repeated = files.repeated();
  const std::string path = repeated.FoundPath(shard);
  BENCH_RETURN_IF_ERROR(SortRepeated(repeated, shard, path, budget_bytes));
  BENCH_ASSIGN_OR_RETURN(auto reader, RecordReader<RepeatedAnchor>::Open(path));
  BENCH_ASSIGN_OR_RETURN(
      auto writer, ShuffleWriter<PassagePiece>::Create(files.passages(), shard, budget_bytes));
  PassageWriter passages(shard, min_bytes, {path, files.folder}, std::move(reader),
                         std::move(writer));
  BENCH_RETURN_IF_ERROR(passages.FindNext());
  return passages;
}

absl::Status PassageWriter::FindNext() {
  BENCH_ASSIGN_OR_RETURN(const RepeatedAnchor* next, repeated_.Next());
  next_.reset();
  if (next != nullptr) next_ = next->number;
  return absl::OkStatus();
}

absl::Status PassageWriter::Add(const Document& document) {
  const Digest128 digest = ContentDigest(document);
  const auto add = [&](const WindowAnchor& anchor) -> absl::Status {
    if (next_ != num_anchors_++) return absl::OkStatus();
    BENCH_RETURN_IF_ERROR(FindNext());
    const uint64_t num_begins = anchor.end - anchor.begin;
    return Take({anchor.hash, digest, anchor.begin, shard_, static_cast<uint32_t>(num_begins), 0, 0,
                 document.text.substr(anchor.begin, num_begins - 1 + min_bytes_)});
  };
  BENCH_RETURN_IF_ERROR(VisitAnchors(document.text, static_cast<int64_t>(min_bytes_), add));
  return WritePassage();
}

// Of text that repeats itself one passage is written, with the number of its repeats: a line of a
// thousand dashes would be eight hundred of them.
absl::Status PassageWriter::Take(Passage passage) {
  const uint64_t stride = passage.begin - last_begin_;
  const bool repeats = passage_ && passage_->anchor == passage.anchor && stride <= min_bytes_ &&
                       (passage_->repeats == 0 || passage_->stride == stride) &&
                       passage_->text == passage.text;
  last_begin_ = passage.begin;
  if (repeats) {
    passage_->stride = stride;
    ++passage_->repeats;
    return absl::OkStatus();
  }
  BENCH_RETURN_IF_ERROR(WritePassage());
  passage_ = std::move(passage);
  return absl::OkStatus();
}

absl::Status PassageWriter::WritePassage() {
  if (!passage_) return absl::OkStatus();
  absl::Status written =
      VisitPieces(*passage_, [this](const PassagePiece& piece) { return writer_.Add(piece); });
  passage_.reset();
  return written;
}

absl::Status PassageWriter::Finish() {
  if (next_) {
    return DamagedError(source_, "the shard's documents are not those whose anchors were written");
  }
  BENCH_RETURN_IF_ERROR(writer_.Finish());
  return RemoveTree(source_.path);
}

absl::Status MatchPassages(const SubstringFiles& files, int partition, int64_t min_bytes,
                           int64_t budget_bytes) {
  const ShuffleFiles passages = files.passages();
  const std::string path = passages.FoundPath(partition);
  BENCH_ASSIGN_OR_RETURN(
      auto runs, ShuffleWriter<WindowRun>::Create(files.runs(), partition, budget_bytes / 4));
  const PassageSource source = {
      absl::StrCat(passages.Folder(), "/shard-*/part-", partition, "-of-", files.num_partitions),
      files.folder};
  RepeatedWindows windows(source, path + ".windows", min_bytes, budget_bytes / 4,
                          [&runs](uint32_t shard, const WindowRun& run) {
                            return runs.AddTo(static_cast<int>(shard), run);
                          });
  ExternalSorter<PassagePiece> pieces(path + ".sort", budget_bytes / 2, Repeats::kOnce);
  BENCH_RETURN_IF_ERROR(SortPartition(passages, partition, pieces));
  PassageJoiner joiner(source, [&windows](const Passage& passage) -> absl::Status {
    BENCH_RETURN_IF_ERROR(harness::CheckNotStopped());
    return windows.Add(passage);
  });
  BENCH_RETURN_IF_ERROR(
      pieces.ForEachSorted([&joiner](const PassagePiece& piece) { return joiner.Add(piece); }));
  BENCH_RETURN_IF_ERROR(joiner.Finish());
  BENCH_RETURN_IF_ERROR(windows.Finish());
  return runs.Finish();
}

absl::Status CollectRemovedRanges(const SubstringFiles& files, int shard, int64_t budget_bytes) {
  const std::string path = files.FoundPath(shard);
  ExternalSorter<WindowRun> sorter(path + ".sort", budget_bytes, Repeats::kOnce);
  BENCH_RETURN_IF_ERROR(SortPartition(files.runs(), shard, sorter));
  BENCH_ASSIGN_OR_RETURN(auto writer,
                         RecordWriter<RemovedRange>::Create(path, Durability::kPublished));
  RangeWriter ranges(std::move(writer));
  BENCH_RETURN_IF_ERROR(
      sorter.ForEachSorted([&ranges](const WindowRun& run) { return ranges.Add(run); }));
  return ranges.Finish();
}

absl::StatusOr<SubstringRemovals> SubstringRemovals::Open(const SubstringFiles& files, int shard) {
  BENCH_ASSIGN_OR_RETURN(auto removed, MappedRecords<RemovedRange>::Open(files.FoundPath(shard)));
  return SubstringRemovals(std::move(removed));
}

std::string SubstringRemovals::KeptText(const Document& document) const {
  const std::string& text = document.text;
  const Digest128 digest = ContentDigest(document);
  const auto records = removed_.records();
  std::string kept;
  size_t copied = 0;
  for (auto range = std::lower_bound(records.begin(), records.end(), RemovedRange{digest, 0, 0});
       range != records.end() && range->document == digest; ++range) {
    size_t begin = range->begin, end = range->end;
    while (begin < text.size() && IsContinuation(text[begin])) ++begin;
    while (end < text.size() && end > begin && IsContinuation(text[end])) --end;
    if (begin >= end) continue;
    kept.append(text, copied, begin - copied);
    copied = end;
  }
  return kept.append(text, copied);
}

}  // namespace bench::corpus
