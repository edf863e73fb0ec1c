#include "harness/corpus/suffix_merge.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <queue>
#include <utility>

#include "base/mapped_file.h"
#include "harness/control/signals.h"
#include "harness/corpus/substring_dedup.h"

namespace bench::corpus {
namespace {

struct Block {
  MappedFile text;
  MappedRecords<BlockDocument> documents;
  MappedRecords<SuffixRecord> suffixes;
  size_t next = 0;  // of the suffixes
};

absl::StatusOr<Block> OpenBlock(const std::string& path) {
  BENCH_ASSIGN_OR_RETURN(MappedFile text, MappedFile::Open(path));
  BENCH_ASSIGN_OR_RETURN(auto documents, MappedRecords<BlockDocument>::Open(path + ".documents"));
  BENCH_ASSIGN_OR_RETURN(auto suffixes, MappedRecords<SuffixRecord>::Open(path + ".suffixes"));
  return Block{std::move(text), std::move(documents), std::move(suffixes)};
}

class Merge {
 public:
  Merge(std::vector<Block> blocks, int64_t min_bytes)
      : blocks_(std::move(blocks)), min_bytes_(static_cast<size_t>(min_bytes)) {}

  absl::Status Run(const std::function<absl::Status(const WindowPlace&)>& visit) {
    for (size_t block = 0; block < blocks_.size(); ++block) BENCH_RETURN_IF_ERROR(Advance(block));
    uint64_t group = 0;
    bool in_group = false;
    std::optional<Head> previous;
    while (!heads_.empty()) {
      const Head head = heads_.top();
      heads_.pop();
      const bool repeats = previous && std::memcmp(previous->window, head.window, min_bytes_) == 0;
      if (repeats && !in_group) BENCH_RETURN_IF_ERROR(visit(PlaceOf(*previous, group)));
      if (repeats) BENCH_RETURN_IF_ERROR(visit(PlaceOf(head, group)));
      if (!repeats) ++group;
      in_group = repeats;
      previous = head;
      BENCH_RETURN_IF_ERROR(Advance(head.block));
    }
    return absl::OkStatus();
  }

 private:
  struct Head {
    const char* window = nullptr;
    size_t block = 0;
    uint32_t offset = 0;
  };
  struct Later {
    size_t min_bytes;
    bool operator()(const Head& a, const Head& b) const {
      return std::memcmp(a.window, b.window, min_bytes) > 0;
    }
  };

  absl::Status Advance(size_t block) {
    BENCH_RETURN_IF_ERROR(harness::CheckNotStopped());
    const auto suffixes = blocks_[block].suffixes.records();
    if (blocks_[block].next == suffixes.size()) return absl::OkStatus();
    const SuffixRecord& suffix = suffixes[blocks_[block].next++];
    const std::string_view text = blocks_[block].text.bytes();
    if (suffix.offset + min_bytes_ > text.size()) {
      return DataError("a suffix lies outside its block; write the shard again");
    }
    heads_.push({text.data() + suffix.offset, block, suffix.offset});
    return absl::OkStatus();
  }

  WindowPlace PlaceOf(const Head& head, uint64_t group) const {
    const auto documents = blocks_[head.block].documents.records();
    const auto after = std::upper_bound(
        documents.begin(), documents.end(), head.offset,
        [](uint64_t offset, const BlockDocument& document) { return offset < document.begin; });
    const BlockDocument& document = *(after - 1);
    return {group, document.document, head.offset - document.begin};
  }

  std::vector<Block> blocks_;
  const size_t min_bytes_;
  std::priority_queue<Head, std::vector<Head>, Later> heads_{Later{min_bytes_}};
};

}  // namespace

absl::Status VisitRepeatedWindows(const std::vector<std::string>& blocks, int64_t min_bytes,
                                  const std::function<absl::Status(const WindowPlace&)>& visit) {
  std::vector<Block> open;
  for (const std::string& path : blocks) {
    BENCH_ASSIGN_OR_RETURN(Block block, OpenBlock(path));
    open.push_back(std::move(block));
  }
  return Merge(std::move(open), min_bytes).Run(visit);
}

}  // namespace bench::corpus
