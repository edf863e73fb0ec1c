#include "harness/corpus/held_out_check.h"

#include <algorithm>
#include <bit>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "base/status.h"
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

// A bit an n-gram, by its number.
class Marks {
 public:
  explicit Marks(size_t num_ngrams) : bits_((num_ngrams + 7) / 8, '\0') {}
  void Mark(size_t number) {
    bits_[number / 8] = static_cast<char>(Byte(bits_[number / 8]) | (1U << (number % 8)));
  }
  void Merge(const std::string& bits) {
    for (size_t i = 0; i < std::min(bits.size(), bits_.size()); ++i) {
      bits_[i] = static_cast<char>(Byte(bits_[i]) | Byte(bits[i]));
    }
  }
  int64_t Count() const {
    int64_t count = 0;
    for (const char c : bits_) count += std::popcount(Byte(c));
    return count;
  }
  const std::string& bits() const { return bits_; }

 private:
  static unsigned Byte(char c) { return static_cast<unsigned char>(c); }
  std::string bits_;
};

// Marks the n-grams of the shard's training documents.
absl::StatusOr<Marks> MarkNgrams(const CorpusPlan& plan, int shard, double fraction,
                                 const NgramSet& held_out) {
  Marks marks(held_out.size());
  BENCH_ASSIGN_OR_RETURN(DocumentFile file, DocumentFile::Open(plan.FinalPath(shard)));
  Shingler shingler;
  for (;;) {
    BENCH_RETURN_IF_ERROR(harness::CheckNotStopped());
    BENCH_ASSIGN_OR_RETURN(const std::optional<Document> document, file.Next());
    if (!document) return marks;
    if (IsHeldOut(ContentDigest(*document), fraction)) continue;
    held_out.Find(document->text, shingler, [&](size_t number) { marks.Mark(number); });
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
                                              const NgramSet& held_out, PhaseRunner& runner) {
  constexpr char kPhase[] = "held-out check";
  const auto mark = [&](int shard) -> absl::StatusOr<PartOutcome> {
    BENCH_ASSIGN_OR_RETURN(const Marks marks, MarkNgrams(plan, shard, fraction, held_out));
    PartOutcome outcome;
    outcome.result = marks.bits();
    BENCH_ASSIGN_OR_RETURN(outcome.read_bytes, FileBytes({plan.FinalPath(shard)}));
    return outcome;
  };
  BENCH_RETURN_IF_ERROR(runner.Run(kPhase, plan.num_shards(), mark));
  if (!runner.leads()) return int64_t{0};
  Marks all(held_out.size());
  BENCH_RETURN_IF_ERROR(runner.ForEachResult(kPhase, [&](int, const std::string& bits) {
    all.Merge(bits);
    return absl::OkStatus();
  }));
  return all.Count();
}

}  // namespace bench::corpus
