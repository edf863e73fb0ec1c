#include "harness/corpus/whole_data_set.h"

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/hard_link.h"
#include "base/status.h"
#include "harness/control/signals.h"

namespace bench::corpus {
namespace {

using harness::TokenDataset;
using harness::TokenDatasetWriter;
using harness::TokenShard;

constexpr std::array<const char*, 2> kParts = {"train", "validation"};
constexpr std::array<const char*, 2> kFiles = {"tokens", "documents"};

// Takes a part's documents in their order, as many at a time as a shard has room for.
class ShardPlanner {
 public:
  ShardPlanner(std::string part, int64_t max_tokens)
      : part_(std::move(part)), max_tokens_(max_tokens) {}

  void Add(int64_t partition, const std::vector<TokenShard>& shards) {
    int64_t num_before = 0;
    for (const TokenShard& shard : shards) {
      for (int64_t next = 0; next < shard.num_documents();) {
        if (!has_room_) Begin(partition, num_before + next);
        next = Fill(shard, next);
      }
      num_before += shard.num_documents();
    }
  }
  const std::vector<PlannedShard>& planned() const { return planned_; }

 private:
  void Begin(int64_t partition, int64_t document) {
    planned_.push_back({part_, std::ssize(planned_), 0, 0, partition, document});
    has_room_ = true;
  }

  // Returns the first document for which there is no room any more.
  int64_t Fill(const TokenShard& shard, int64_t next) {
    PlannedShard& into = planned_.back();
    const auto first_token = static_cast<int64_t>(shard.document(next).first_token);
    int64_t end = next, beyond = shard.num_documents();
    while (end < beyond) {
      const int64_t middle = end + (beyond - end) / 2;
      const int64_t num_tokens = shard.document_end(middle) - first_token;
      if (into.num_tokens + num_tokens <= max_tokens_) {
        end = middle + 1;
      } else {
        beyond = middle;
      }
    }
    // A document that is larger than a shard has one of its own.
    if (end == next && into.num_documents == 0) ++end;
    if (end > next) into.num_tokens += shard.document_end(end - 1) - first_token;
    into.num_documents += end - next;
    has_room_ = end == shard.num_documents();
    return end;
  }

  const std::string part_;
  const int64_t max_tokens_;
  std::vector<PlannedShard> planned_;
  bool has_room_ = false;
};

// Documents [begin, end) of the shard.
absl::Status CopyDocuments(const TokenShard& shard, int64_t begin, int64_t end,
                           const std::string& part, TokenDatasetWriter& writer) {
  // Tokens of a mapped file that are read before they leave the resident memory.
  constexpr int64_t kTokensInMemory = int64_t{1} << 22;
  int64_t num_resident = 0;
  for (int64_t i = begin; i < end; ++i) {
    BENCH_RETURN_IF_ERROR(harness::CheckNotStopped());
    const harness::TokenDocument& document = shard.document(i);
    const std::vector<int64_t> tokens =
        shard.Tokens(static_cast<int64_t>(document.first_token), shard.document_end(i));
    BENCH_RETURN_IF_ERROR(writer.Add(part, tokens, document.num_text_bytes, document.language));
    num_resident += std::ssize(tokens);
    if (num_resident < kTokensInMemory) continue;
    shard.ReleasePages();
    num_resident = 0;
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<PlannedShard>> PlanShards(const PartitionedTokens& tokens) {
  std::vector<ShardPlanner> planners;
  for (const char* part : kParts) planners.emplace_back(part, tokens.options.max_shard_tokens);
  for (int64_t partition = 0; partition < std::ssize(tokens.folders); ++partition) {
    BENCH_RETURN_IF_ERROR(harness::CheckNotStopped());
    BENCH_ASSIGN_OR_RETURN(const TokenDataset dataset,
                           TokenDataset::Open(tokens.folders[static_cast<size_t>(partition)]));
    for (size_t i = 0; i < kParts.size(); ++i) planners[i].Add(partition, dataset.part(kParts[i]));
  }
  std::vector<PlannedShard> shards;
  for (const ShardPlanner& planner : planners) {
    shards.insert(shards.end(), planner.planned().begin(), planner.planned().end());
  }
  return shards;
}

absl::Status CopyShard(const PartitionedTokens& tokens, const PlannedShard& shard,
                       const std::string& folder) {
  BENCH_RETURN_IF_ERROR(RemoveTree(folder));  // of an attempt that was killed
  BENCH_RETURN_IF_ERROR(MakeFolders(folder));
  harness::TokenDatasetOptions options = tokens.options;
  options.max_shard_tokens = std::numeric_limits<int64_t>::max();
  TokenDatasetWriter writer(folder, std::move(options));
  int64_t num_skipped = shard.first_document;
  int64_t num_left = shard.num_documents;
  for (auto partition = static_cast<size_t>(shard.first_partition); num_left > 0; ++partition) {
    if (partition >= tokens.folders.size()) {
      return DataError(absl::StrCat(folder, ": the partitions have fewer documents than planned"));
    }
    const std::string& source = tokens.folders[partition];
    BENCH_ASSIGN_OR_RETURN(const auto sizes, TokenDataset::ShardSizes(source, shard.part));
    // Opened are those whose documents the shard has: to open one checks all of its documents.
    for (int64_t number = 0; number < std::ssize(sizes) && num_left > 0; ++number) {
      const int64_t num_documents = sizes[static_cast<size_t>(number)].documents;
      const int64_t begin = std::min(num_skipped, num_documents);
      const int64_t end = std::min(begin + num_left, num_documents);
      num_skipped -= begin;
      num_left -= end - begin;
      if (begin == end) continue;
      BENCH_ASSIGN_OR_RETURN(const TokenShard from,
                             TokenDataset::OpenShard(source, shard.part, number));
      BENCH_RETURN_IF_ERROR(CopyDocuments(from, begin, end, shard.part, writer));
    }
  }
  return writer.Finish();
}

absl::Status JoinShards(const PartitionedTokens& tokens, const std::vector<PlannedShard>& shards,
                        const std::vector<std::string>& shard_folders, const std::string& folder) {
  std::map<std::string, std::vector<harness::TokenShardSize>> parts;
  for (size_t i = 0; i < shards.size(); ++i) {
    const PlannedShard& shard = shards[i];
    for (const char* file : kFiles) {
      BENCH_RETURN_IF_ERROR(
          PublishLink(harness::TokenShardPath(shard_folders[i], shard.part, 0, file),
                      harness::TokenShardPath(folder, shard.part, shard.number, file)));
    }
    parts[shard.part].push_back({shard.num_tokens, shard.num_documents});
  }
  return harness::PublishTokenManifest(folder, tokens.options, parts);
}

}  // namespace bench::corpus
