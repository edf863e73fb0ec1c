#include "harness/corpus/tokenise.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "base/status.h"
#include "harness/control/parallel.h"
#include "harness/corpus/document_order.h"
#include "harness/corpus/external_sort.h"
#include "harness/corpus/held_out.h"
#include "harness/corpus/step_names.h"
#include "harness/data/document_tokens.h"
#include "harness/data/token_dataset.h"

namespace bench::corpus {
namespace {

using harness::TokenDatasetWriter;

constexpr size_t kBatchBytes = size_t{4} << 20;
constexpr char kTraining[] = "train";
constexpr char kValidation[] = "validation";

class Tokeniser {
 public:
  Tokeniser(const CorpusPlan& plan, const harness::Tokenizer& tokenizer, TokenDatasetWriter writer,
            std::vector<std::string> languages, CorpusReport& report)
      : plan_(plan),
        tokenizer_(tokenizer),
        writer_(std::move(writer)),
        languages_(std::move(languages)),
        report_(report),
        held_out_fraction_(HeldOutFraction(plan.spec.held_out_fraction, report.held_out_places)),
        held_out_(plan.spec.decontamination.shingles) {}

  absl::Status Take(OrderedDocument ordered) {
    const Document& document = ordered.document;
    if (ordered.repeats && plan_.spec.exact.enabled) {
      report_.kept[{document.source, document.language}].Remove(std::ssize(document.text));
      report_.removed.Add(kExactStep, "equal_after_cuts", document);
      return absl::OkStatus();
    }
    const bool held_out = IsHeldOut(ordered.content, held_out_fraction_);
    if (held_out && held_out_.size() < kMaxHeldOutNgrams) {
      held_out_.Add(document.text, shingler_);
    }
    batch_bytes_ += document.text.size();
    batch_.push_back({std::move(ordered.document), held_out ? kValidation : kTraining, {}});
    return batch_bytes_ < kBatchBytes ? absl::OkStatus() : Flush();
  }

  absl::StatusOr<NgramSet> Finish() {
    BENCH_RETURN_IF_ERROR(Flush());
    BENCH_RETURN_IF_ERROR(writer_.Finish());
    return std::move(held_out_);
  }

 private:
  struct Encoded {
    Document document;
    const char* part;
    std::vector<int64_t> tokens;
  };

  int64_t LanguageOf(const Document& document) const {
    return std::lower_bound(languages_.begin(), languages_.end(), document.language) -
           languages_.begin();
  }

  absl::Status Flush() {
    BENCH_RETURN_IF_ERROR(harness::ForEachInParallel(
        std::ssize(batch_), plan_.num_threads, [this](int64_t i) -> absl::Status {
          Encoded& encoded = batch_[static_cast<size_t>(i)];
          BENCH_ASSIGN_OR_RETURN(encoded.tokens,
                                 harness::DocumentTokens(tokenizer_, encoded.document.text));
          return absl::OkStatus();
        }));
    for (const Encoded& encoded : batch_) {
      BENCH_RETURN_IF_ERROR(writer_.Add(encoded.part, encoded.tokens,
                                        std::ssize(encoded.document.text),
                                        LanguageOf(encoded.document)));
    }
    batch_.clear();
    batch_bytes_ = 0;
    return absl::OkStatus();
  }

  const CorpusPlan& plan_;
  const harness::Tokenizer& tokenizer_;
  TokenDatasetWriter writer_;
  const std::vector<std::string> languages_;  // sorted
  CorpusReport& report_;
  const double held_out_fraction_;
  NgramSet held_out_;
  Shingler shingler_;
  std::vector<Encoded> batch_;
  size_t batch_bytes_ = 0;
};

std::vector<std::string> LanguagesOf(const CorpusReport& report) {
  std::set<std::string> languages;
  for (const auto& [key, count] : report.kept) languages.insert(key.second);
  return {languages.begin(), languages.end()};
}

}  // namespace

absl::StatusOr<NgramSet> Tokenise(const CorpusPlan& plan, const harness::Tokenizer& tokenizer,
                                  const std::string& folder, CorpusReport& report,
                                  const PhaseProgress& progress) {
  const std::vector<std::string> languages = LanguagesOf(report);
  const int64_t total = Total(report.kept).num_documents;
  TokenDatasetWriter writer(folder, {tokenizer.vocab_size(), tokenizer.digest(), languages});
  Tokeniser tokeniser(plan, tokenizer, std::move(writer), languages, report);
  int64_t num_done = 0;
  const auto take = [&](OrderedDocument document) {
    if (progress) progress("tokenise", ++num_done, total);
    return tokeniser.Take(std::move(document));
  };
  BENCH_RETURN_IF_ERROR(VisitInOrder(plan, take));
  return tokeniser.Finish();
}

}  // namespace bench::corpus
