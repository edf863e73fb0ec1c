#include "harness/corpus/substring_dedup.h"

#include <divsufsort.h>

#include <algorithm>
#include <optional>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/status.h"
#include "harness/corpus/external_sort.h"
#include "harness/corpus/record_file.h"
#include "harness/corpus/suffix_merge.h"

namespace bench::corpus {
namespace {

constexpr size_t kMaxBlockBytes = (size_t{1} << 31) - 1;

bool IsContinuation(char c) { return (static_cast<uint8_t>(c) & 0xC0) == 0x80; }

// A place of a repeated window, first of its group first.
struct GroupRecord {
  static constexpr uint32_t kKind = 9;
  uint64_t group = 0;
  Digest128 document;
  uint64_t offset = 0;
  friend auto operator<=>(const GroupRecord&, const GroupRecord&) = default;
};

struct WindowRecord {
  static constexpr uint32_t kKind = 10;
  Digest128 document;
  uint64_t offset = 0;
  uint64_t kept = 0;
  friend auto operator<=>(const WindowRecord&, const WindowRecord&) = default;
};

// A union of windows, added by growing offset.
struct Cover {
  std::vector<std::pair<uint64_t, uint64_t>> ranges;
  void Add(uint64_t begin, uint64_t end) {
    if (ranges.empty() || begin > ranges.back().second) {
      ranges.emplace_back(begin, end);
    } else {
      ranges.back().second = end;
    }
  }
};

// The windows of one document at a time, to the ranges that are cut.
class RangeWriter {
 public:
  RangeWriter(RecordWriter<RemovedRange> writer, int64_t min_bytes)
      : writer_(std::move(writer)), min_bytes_(static_cast<uint64_t>(min_bytes)) {}

  absl::Status Add(const WindowRecord& window) {
    if (window.document != document_) BENCH_RETURN_IF_ERROR(EndDocument());
    document_ = window.document;
    Cover& cover = window.kept != 0 ? kept_ : removed_;
    cover.Add(window.offset, window.offset + min_bytes_);
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
  const uint64_t min_bytes_;
  Digest128 document_;
  Cover kept_, removed_;
};

// The last thing that a shard writes says how many blocks it has.
absl::StatusOr<int64_t> NumBlocks(const SubstringFiles& files, int shard) {
  BENCH_ASSIGN_OR_RETURN(const std::string count, ReadFile(files.BlockPath(shard, -1)));
  int64_t num_blocks = 0;
  if (absl::SimpleAtoi(count, &num_blocks)) return num_blocks;
  return DataError(absl::StrCat(files.BlockPath(shard, -1), ": no number; write the shard again"));
}

absl::StatusOr<std::vector<std::string>> BlocksOf(const SubstringFiles& files) {
  std::vector<std::string> blocks;
  for (int shard = 0; shard < files.num_shards; ++shard) {
    BENCH_ASSIGN_OR_RETURN(const int64_t num_blocks, NumBlocks(files, shard));
    for (int64_t block = 0; block < num_blocks; ++block) {
      blocks.push_back(files.BlockPath(shard, block));
    }
  }
  return blocks;
}

}  // namespace

std::string SubstringFiles::ShardFolder(int shard) const {
  return Path(absl::StrCat("shard-", shard, "-of-", num_shards));
}

std::string SubstringFiles::BlockPath(int shard, int64_t block) const {
  const std::string name = block < 0 ? "count" : absl::StrCat("block-", block);
  return absl::StrCat(ShardFolder(shard), "/", name);
}

absl::StatusOr<std::vector<std::string>> SubstringFiles::OfShard(int shard) const {
  BENCH_ASSIGN_OR_RETURN(const int64_t num_blocks, NumBlocks(*this, shard));
  std::vector<std::string> paths = {BlockPath(shard, -1)};
  for (int64_t block = 0; block < num_blocks; ++block) {
    const std::string path = BlockPath(shard, block);
    paths.insert(paths.end(), {path, path + ".suffixes", path + ".documents"});
  }
  return paths;
}

absl::Status SuffixBlockWriter::Add(const Document& document) {
  if (document.text.size() > kMaxBlockBytes) {
    return DataError(absl::StrCat(document.id, ": over ", kMaxBlockBytes, " bytes"));
  }
  const bool fits = text_.size() + document.text.size() <= static_cast<size_t>(block_bytes_);
  if (!fits && !text_.empty()) BENCH_RETURN_IF_ERROR(WriteBlock());
  const uint64_t begin = text_.size();
  text_ += document.text;
  documents_.push_back({ContentDigest(document), begin, text_.size()});
  return absl::OkStatus();
}

absl::Status SuffixBlockWriter::Finish() {
  if (!text_.empty()) BENCH_RETURN_IF_ERROR(WriteBlock());
  const std::string path = files_.BlockPath(shard_, -1);
  BENCH_RETURN_IF_ERROR(MakeFolders(path.substr(0, path.rfind('/'))));
  return PublishFile(path, absl::StrCat(num_blocks_));
}

absl::Status SuffixBlockWriter::WriteBlock() {
  const std::string path = files_.BlockPath(shard_, num_blocks_++);
  BENCH_RETURN_IF_ERROR(MakeFolders(path.substr(0, path.rfind('/'))));
  std::vector<int32_t> suffixes(text_.size());
  if (divsufsort(reinterpret_cast<const uint8_t*>(text_.data()), suffixes.data(),
                 static_cast<int32_t>(text_.size())) != 0) {
    return EnvironmentError("cannot sort the suffixes of a block: out of memory");
  }
  BENCH_ASSIGN_OR_RETURN(auto suffix_writer, RecordWriter<SuffixRecord>::Create(
                                                 path + ".suffixes", Durability::kPublished));
  for (const int32_t suffix : suffixes) {
    const auto offset = static_cast<uint64_t>(suffix);
    if (IsContinuation(text_[offset])) continue;
    const auto document = std::upper_bound(documents_.begin(), documents_.end(), offset,
                                           [](uint64_t at, const BlockDocument& d) {
                                             return at < d.end;
                                           });  // the first that ends after
    if (offset + static_cast<uint64_t>(min_bytes_) > document->end) continue;
    BENCH_RETURN_IF_ERROR(suffix_writer.Add({static_cast<uint32_t>(offset)}));
  }
  BENCH_RETURN_IF_ERROR(suffix_writer.Finish());
  BENCH_ASSIGN_OR_RETURN(auto document_writer, RecordWriter<BlockDocument>::Create(
                                                   path + ".documents", Durability::kPublished));
  for (const BlockDocument& document : documents_) {
    BENCH_RETURN_IF_ERROR(document_writer.Add(document));
  }
  BENCH_RETURN_IF_ERROR(document_writer.Finish());
  BENCH_RETURN_IF_ERROR(PublishFile(path, text_));
  text_.clear();
  documents_.clear();
  return absl::OkStatus();
}

absl::Status RemoveSubstrings(const SubstringFiles& files, int64_t min_bytes,
                              int64_t budget_bytes) {
  BENCH_ASSIGN_OR_RETURN(const std::vector<std::string> blocks, BlocksOf(files));
  const std::string path = files.FoundPath();
  ExternalSorter<GroupRecord> groups(path + ".groups", budget_bytes / 2, Repeats::kOnce);
  BENCH_RETURN_IF_ERROR(VisitRepeatedWindows(blocks, min_bytes, [&](const WindowPlace& place) {
    return groups.Add({place.group, place.document, place.offset});
  }));
  ExternalSorter<WindowRecord> windows(path + ".windows", budget_bytes / 2, Repeats::kOnce);
  std::optional<GroupRecord> first;
  const auto add_window = [&](const GroupRecord& place) -> absl::Status {
    const bool begins = !first || first->group != place.group;
    if (begins) first = place;
    return windows.Add({place.document, place.offset, begins ? uint64_t{1} : uint64_t{0}});
  };
  BENCH_RETURN_IF_ERROR(groups.ForEachSorted(add_window));
  BENCH_ASSIGN_OR_RETURN(auto writer,
                         RecordWriter<RemovedRange>::Create(path, Durability::kPublished));
  RangeWriter ranges(std::move(writer), min_bytes);
  BENCH_RETURN_IF_ERROR(
      windows.ForEachSorted([&](const WindowRecord& window) { return ranges.Add(window); }));
  return ranges.Finish();
}

absl::StatusOr<SubstringRemovals> SubstringRemovals::Open(const SubstringFiles& files) {
  BENCH_ASSIGN_OR_RETURN(auto removed, MappedRecords<RemovedRange>::Open(files.FoundPath()));
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
