#include "harness/corpus/held_out_check.h"

#include <algorithm>
#include <mutex>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "base/status.h"
#include "harness/control/parallel.h"
#include "harness/control/signals.h"
#include "harness/corpus/document_file.h"
#include "harness/corpus/held_out.h"

namespace bench::corpus {
namespace {

// Tokens that are read of a mapped shard before they leave the resident memory.
constexpr int64_t kTokensInMemory = int64_t{1} << 22;

template <typename Visitor>
void VisitTokenDigests(const std::vector<harness::TokenShard>& shards, Visitor visit) {
  for (const harness::TokenShard& shard : shards) {
    int64_t num_resident = 0;
    for (int64_t i = 0; i < shard.num_documents(); ++i) {
      const std::vector<int64_t> tokens =
          shard.Tokens(static_cast<int64_t>(shard.document(i).first_token), shard.document_end(i));
      visit(DigestOf(
          {reinterpret_cast<const char*>(tokens.data()), tokens.size() * sizeof(tokens.front())}));
      num_resident += std::ssize(tokens);
      if (num_resident < kTokensInMemory && i + 1 < shard.num_documents()) continue;
      shard.ReleasePages();
      num_resident = 0;
    }
  }
}

// Marks the n-grams of the shard's training documents.
absl::Status MarkNgrams(const CorpusPlan& plan, int shard, double fraction,
                        const NgramSet& held_out, std::vector<bool>& found) {
  BENCH_ASSIGN_OR_RETURN(DocumentFile file, DocumentFile::Open(plan.FinalPath(shard)));
  Shingler shingler;
  for (;;) {
    BENCH_RETURN_IF_ERROR(harness::CheckNotStopped());
    BENCH_ASSIGN_OR_RETURN(const std::optional<Document> document, file.Next());
    if (!document) return absl::OkStatus();
    if (IsHeldOut(ContentDigest(*document), fraction)) continue;
    held_out.Find(document->text, shingler, [&](size_t number) { found[number] = true; });
  }
}

}  // namespace

int64_t CountHeldOutInTraining(const harness::TokenDataset& dataset) {
  absl::flat_hash_set<std::pair<uint64_t, uint64_t>> training;
  absl::flat_hash_set<std::pair<uint64_t, uint64_t>> held_out;
  VisitTokenDigests(dataset.part("validation"), [&](const Digest128& digest) {
    held_out.insert({digest.high, digest.low});
  });
  VisitTokenDigests(dataset.part("train"), [&](const Digest128& digest) {
    const std::pair<uint64_t, uint64_t> key(digest.high, digest.low);
    if (held_out.contains(key)) training.insert(key);
  });
  return std::ssize(training);
}

absl::StatusOr<int64_t> CountNgramsInTraining(const CorpusPlan& plan, double fraction,
                                              const NgramSet& held_out) {
  std::vector<bool> found(held_out.size());
  std::mutex mutex;
  BENCH_RETURN_IF_ERROR(
      harness::ForEachInParallel(plan.num_shards(), plan.num_threads, [&](int64_t shard) {
        std::vector<bool> here(held_out.size());
        absl::Status status = MarkNgrams(plan, static_cast<int>(shard), fraction, held_out, here);
        const std::lock_guard lock(mutex);
        for (size_t i = 0; i < here.size(); ++i) found[i] = found[i] || here[i];
        return status;
      }));
  return std::count(found.begin(), found.end(), true);
}

}  // namespace bench::corpus
