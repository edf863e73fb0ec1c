#include "harness/corpus/paragraph_dedup.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "harness/corpus/shingles.h"

namespace bench::corpus {
std::vector<ParagraphRecord> ParagraphRecords(const Document& document) {
  std::vector<ParagraphRecord> records;
  const Digest128 digest = ContentDigest(document);
  Shingler shingler;
  uint64_t number = 0;
  for (const absl::string_view line : absl::StrSplit(document.text, '\n')) {
    const std::string& normal = shingler.Normalize({line.data(), line.size()});
    if (!normal.empty()) records.push_back({DigestOf(normal).low, digest, number});
    ++number;
  }
  return records;
}

ShuffleFiles ParagraphFiles(const std::string& folder, int num_shards, int num_partitions) {
  return {folder, "paragraphs", num_shards, num_partitions};
}

ShuffleFiles RemovedLineFiles(const ShuffleFiles& paragraphs) {
  return {paragraphs.folder, "removed_lines", paragraphs.num_partitions, paragraphs.num_partitions};
}

absl::Status MatchParagraphs(const ShuffleFiles& files, int partition, int64_t budget_bytes) {
  BENCH_ASSIGN_OR_RETURN(auto repeats, ShuffleWriter<RemovedLine>::Create(
                                           RemovedLineFiles(files), partition, budget_bytes / 2));
  ExternalSorter<ParagraphRecord> sorter(files.FoundPath(partition) + ".sort", budget_bytes / 2,
                                         Repeats::kOnce);
  BENCH_RETURN_IF_ERROR(SortPartition(files, partition, sorter));
  std::optional<uint64_t> kept;
  BENCH_RETURN_IF_ERROR(sorter.ForEachSorted([&](const ParagraphRecord& record) {
    if (kept == record.hash) return repeats.Add({record.document, record.line});
    kept = record.hash;
    return absl::OkStatus();
  }));
  return repeats.Finish();
}

absl::Status CollectRemovedLines(const ShuffleFiles& removed, int partition, int64_t budget_bytes) {
  const std::string path = removed.FoundPath(partition);
  ExternalSorter<RemovedLine> sorter(path + ".sort", budget_bytes, Repeats::kOnce);
  BENCH_RETURN_IF_ERROR(SortPartition(removed, partition, sorter));
  BENCH_ASSIGN_OR_RETURN(auto lines,
                         RecordWriter<RemovedLine>::Create(path, Durability::kPublished));
  BENCH_RETURN_IF_ERROR(
      sorter.ForEachSorted([&](const RemovedLine& line) { return lines.Add(line); }));
  return lines.Finish();
}

absl::StatusOr<ParagraphRemovals> ParagraphRemovals::Open(const ShuffleFiles& removed) {
  BENCH_ASSIGN_OR_RETURN(auto records, PartitionedRecords<RemovedLine>::Open(removed));
  return ParagraphRemovals(std::move(records));
}

std::string ParagraphRemovals::KeptText(const Document& document) const {
  const Digest128 digest = ContentDigest(document);
  const auto records = removed_.PartitionOf({digest, 0});
  auto next = std::lower_bound(records.begin(), records.end(), RemovedLine{digest, 0});
  std::vector<absl::string_view> kept;
  uint64_t number = 0;
  for (const absl::string_view line : absl::StrSplit(document.text, '\n')) {
    const bool removed = next != records.end() && *next == RemovedLine{digest, number};
    ++number;
    if (removed) {
      ++next;
    } else {
      kept.push_back(line);
    }
  }
  return absl::StrJoin(kept, "\n");
}

}  // namespace bench::corpus
