#include "harness/corpus/tokenise.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/status.h"
#include "harness/corpus/document_file.h"
#include "harness/corpus/document_order.h"
#include "harness/corpus/held_out.h"
#include "harness/corpus/packed_bytes.h"
#include "harness/corpus/step_names.h"
#include "harness/corpus/whole_data_set.h"
#include "harness/data/document_tokens.h"
#include "harness/data/token_dataset.h"

namespace bench::corpus {
namespace {

using harness::TokenDatasetWriter;

constexpr char kPhase[] = "tokenise";
constexpr char kTraining[] = "train";
constexpr char kValidation[] = "validation";

std::string TokensFolder(const CorpusPlan& plan, int partition) {
  return absl::StrCat(plan.folder, "/tokens/", partition);
}
std::string HeldOutPath(const CorpusPlan& plan, int partition) {
  return absl::StrCat(plan.folder, "/held_out/", partition);
}

// What is the same for all partitions.
struct Task {
  const CorpusPlan& plan;
  const harness::Tokenizer& tokenizer;
  std::vector<std::string> languages;  // sorted
  double held_out_fraction;

  harness::TokenDatasetOptions Options() const {
    return {tokenizer.vocab_size(), tokenizer.digest(), languages};
  }
};

struct TokenisedPartition {
  CorpusReport changes;
  int64_t num_tokens = 0;

  template <typename Archive>
  void VisitFields(Archive& archive) {
    archive(changes, num_tokens);
  }
};

// One partition of the order.
class PartitionTokeniser {
 public:
  PartitionTokeniser(const Task& task, TokenDatasetWriter tokens, DocumentWriter held_out)
      : task_(task),
        tokens_(std::move(tokens)),
        held_out_(std::move(held_out)),
        ngrams_(task.plan.spec.decontamination.shingles) {}

  absl::Status Take(const OrderedDocument& ordered) {
    const Document& document = ordered.document;
    num_text_bytes_ += std::ssize(document.text);
    if (ordered.repeats && task_.plan.spec.exact.enabled) {
      result_.changes.kept[{document.source, document.language}].Remove(std::ssize(document.text));
      result_.changes.removed.Add(kExactStep, "equal_after_cuts", document);
      return absl::OkStatus();
    }
    const bool held_out = IsHeldOut(ordered.content, task_.held_out_fraction);
    // Of all partitions together no more than these are asked for.
    if (held_out && ngrams_.size() < kMaxHeldOutNgrams) {
      ngrams_.Add(document.text, shingler_);
      BENCH_RETURN_IF_ERROR(held_out_.Add(document).status());
    }
    BENCH_ASSIGN_OR_RETURN(const std::vector<int64_t> tokens,
                           harness::DocumentTokens(task_.tokenizer, document.text));
    result_.num_tokens += std::ssize(tokens);
    return tokens_.Add(held_out ? kValidation : kTraining, tokens, std::ssize(document.text),
                       LanguageOf(document));
  }

  absl::Status Finish() {
    BENCH_RETURN_IF_ERROR(held_out_.Finish());
    return tokens_.Finish();
  }
  const TokenisedPartition& result() const { return result_; }
  int64_t num_text_bytes() const { return num_text_bytes_; }

 private:
  int64_t LanguageOf(const Document& document) const {
    return std::lower_bound(task_.languages.begin(), task_.languages.end(), document.language) -
           task_.languages.begin();
  }

  const Task& task_;
  TokenDatasetWriter tokens_;
  DocumentWriter held_out_;
  NgramSet ngrams_;  // of the documents in held_out_
  Shingler shingler_;
  TokenisedPartition result_;
  int64_t num_text_bytes_ = 0;
};

absl::StatusOr<PartOutcome> TokenisePartition(const Task& task, int partition) {
  const std::string folder = TokensFolder(task.plan, partition);
  BENCH_RETURN_IF_ERROR(RemoveTree(folder));  // of an attempt that was killed
  BENCH_RETURN_IF_ERROR(MakeFolders(folder));
  const std::string held_out = HeldOutPath(task.plan, partition);
  BENCH_RETURN_IF_ERROR(MakeFolders(held_out.substr(0, held_out.rfind('/'))));
  BENCH_ASSIGN_OR_RETURN(DocumentWriter held_out_writer, DocumentWriter::Create(held_out));
  PartitionTokeniser tokeniser(task, TokenDatasetWriter(folder, task.Options()),
                               std::move(held_out_writer));
  BENCH_RETURN_IF_ERROR(VisitPartitionInOrder(
      task.plan, partition,
      [&](const OrderedDocument& ordered) { return tokeniser.Take(ordered); }));
  BENCH_RETURN_IF_ERROR(tokeniser.Finish());
  PartOutcome outcome;
  outcome.made = {held_out};
  BENCH_ASSIGN_OR_RETURN(const std::vector<std::string> names, ListFolder(folder));
  for (const std::string& name : names) outcome.made.push_back(absl::StrCat(folder, "/", name));
  outcome.result = Packed(TokenisedPartition(tokeniser.result()));
  BENCH_ASSIGN_OR_RETURN(outcome.read_bytes,
                         FileBytes(task.plan.order_files().OfPartition(partition)));
  outcome.read_bytes += tokeniser.num_text_bytes();
  return outcome;
}

// Into a folder of the work.
absl::StatusOr<PartOutcome> CopyPlanned(const PartitionedTokens& tokens, const PlannedShard& shard,
                                        const std::string& folder) {
  BENCH_RETURN_IF_ERROR(CopyShard(tokens, shard, folder));
  PartOutcome outcome;
  BENCH_ASSIGN_OR_RETURN(const std::vector<std::string> names, ListFolder(folder));
  for (const std::string& name : names) outcome.made.push_back(absl::StrCat(folder, "/", name));
  BENCH_ASSIGN_OR_RETURN(outcome.read_bytes, FileBytes(outcome.made));  // it copies
  return outcome;
}

// Collective. The folder is rank 0's.
absl::Status WriteWhole(const Task& task, int64_t num_tokens, const std::string& folder,
                        PhaseRunner& runner) {
  constexpr char kPlanned[] = "shards of tokens", kCopied[] = "data set";
  PartitionedTokens tokens = {{}, task.Options()};
  tokens.options.max_shard_tokens = harness::ShardTokensFor(num_tokens);
  for (int partition = 0; partition < task.plan.num_partitions(); ++partition) {
    tokens.folders.push_back(TokensFolder(task.plan, partition));
  }
  BENCH_RETURN_IF_ERROR(runner.Run(kPlanned, 1, [&tokens](int) -> absl::StatusOr<PartOutcome> {
    PartOutcome outcome;
    BENCH_ASSIGN_OR_RETURN(std::vector<PlannedShard> planned, PlanShards(tokens));
    outcome.result = Packed(std::move(planned));
    return outcome;
  }));
  std::vector<PlannedShard> shards;
  BENCH_RETURN_IF_ERROR(MergeResults<std::vector<PlannedShard>>(
      runner, kPlanned, [&shards](std::vector<PlannedShard> all) { shards = std::move(all); }));
  std::vector<std::string> folders;
  for (size_t i = 0; i < shards.size(); ++i) {
    folders.push_back(absl::StrCat(task.plan.folder, "/token_shards/", i));
  }
  BENCH_RETURN_IF_ERROR(runner.Run(kCopied, static_cast<int>(shards.size()), [&](int part) {
    const auto i = static_cast<size_t>(part);
    return CopyPlanned(tokens, shards[i], folders[i]);
  }));
  return runner.leads() ? JoinShards(tokens, shards, folders, folder) : absl::OkStatus();
}

absl::StatusOr<NgramSet> HeldOutNgrams(const CorpusPlan& plan) {
  NgramSet ngrams(plan.spec.decontamination.shingles);
  Shingler shingler;
  for (int partition = 0; partition < plan.num_partitions(); ++partition) {
    BENCH_ASSIGN_OR_RETURN(DocumentFile file, DocumentFile::Open(HeldOutPath(plan, partition)));
    while (ngrams.size() < kMaxHeldOutNgrams) {
      BENCH_ASSIGN_OR_RETURN(const std::optional<Document> document, file.Next());
      if (!document) break;
      ngrams.Add(document->text, shingler);
    }
  }
  return ngrams;
}

std::vector<std::string> LanguagesOf(const CorpusReport& report) {
  std::set<std::string> languages;
  for (const auto& [key, count] : report.kept) languages.insert(key.second);
  return {languages.begin(), languages.end()};
}

}  // namespace

absl::StatusOr<NgramSet> Tokenise(const CorpusPlan& plan, const harness::Tokenizer& tokenizer,
                                  const std::string& folder, CorpusReport& report,
                                  PhaseRunner& runner) {
  const Task task = {plan, tokenizer, LanguagesOf(report),
                     HeldOutFraction(plan.spec.held_out_fraction, report.held_out_places)};
  BENCH_RETURN_IF_ERROR(runner.Run(kPhase, plan.num_partitions(), [&task](int partition) {
    return TokenisePartition(task, partition);
  }));
  int64_t num_tokens = 0;
  BENCH_RETURN_IF_ERROR(
      MergeResults<TokenisedPartition>(runner, kPhase, [&](const TokenisedPartition& made) {
        report.Merge(made.changes);
        num_tokens += made.num_tokens;
      }));
  BENCH_RETURN_IF_ERROR(WriteWhole(task, num_tokens, folder, runner));
  return HeldOutNgrams(plan);
}

}  // namespace bench::corpus
