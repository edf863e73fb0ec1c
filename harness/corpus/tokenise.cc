#include "harness/corpus/tokenise.h"

#include <algorithm>
#include <chrono>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/status.h"
#include "harness/control/signals.h"
#include "harness/corpus/document_file.h"
#include "harness/corpus/document_order.h"
#include "harness/corpus/held_out.h"
#include "harness/corpus/packed_bytes.h"
#include "harness/corpus/step_names.h"
#include "harness/data/document_tokens.h"
#include "harness/data/token_dataset.h"

namespace bench::corpus {
namespace {

using harness::TokenDataset;
using harness::TokenDatasetWriter;
using harness::TokenShard;

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

absl::Status CopyDocuments(const TokenShard& shard, const std::string& part,
                           TokenDatasetWriter& writer) {
  // Tokens of a mapped file that are read before they leave the resident memory.
  constexpr int64_t kTokensInMemory = int64_t{1} << 22;
  int64_t num_resident = 0;
  for (int64_t i = 0; i < shard.num_documents(); ++i) {
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

absl::StatusOr<PhaseFigures> WriteWhole(const Task& task, int64_t num_tokens,
                                        const std::string& folder) {
  const auto begin = std::chrono::steady_clock::now();
  harness::TokenDatasetOptions options = task.Options();
  options.max_shard_tokens = harness::ShardTokensFor(num_tokens);
  TokenDatasetWriter writer(folder, std::move(options));
  for (int partition = 0; partition < task.plan.num_partitions(); ++partition) {
    BENCH_ASSIGN_OR_RETURN(const TokenDataset dataset,
                           TokenDataset::Open(TokensFolder(task.plan, partition)));
    for (const char* part : {kTraining, kValidation}) {
      for (const TokenShard& shard : dataset.part(part)) {
        BENCH_RETURN_IF_ERROR(CopyDocuments(shard, part, writer));
      }
    }
  }
  BENCH_RETURN_IF_ERROR(writer.Finish());
  PhaseFigures figures;
  figures.name = "data set";
  figures.num_parts = 1;
  BENCH_ASSIGN_OR_RETURN(const std::vector<std::string> names, ListFolder(folder));
  for (const std::string& name : names) {
    BENCH_ASSIGN_OR_RETURN(const int64_t bytes, FileBytes({absl::StrCat(folder, "/", name)}));
    figures.written_bytes += bytes;
  }
  figures.read_bytes = figures.written_bytes;  // it copies
  figures.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  figures.longest_part_s = figures.seconds;
  return figures;
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
  if (runner.leads()) {
    BENCH_ASSIGN_OR_RETURN(PhaseFigures figures, WriteWhole(task, num_tokens, folder));
    runner.Record(std::move(figures));
  }
  return HeldOutNgrams(plan);
}

}  // namespace bench::corpus
