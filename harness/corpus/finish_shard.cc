// The last phase of a shard (phases.h): what is left of each document, masked, and its place in the
// order.
#include <bit>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "harness/corpus/document_file.h"
#include "harness/corpus/document_order.h"
#include "harness/corpus/phases.h"
#include "harness/corpus/pii.h"
#include "harness/corpus/prepared_documents.h"
#include "harness/corpus/shuffle.h"
#include "harness/corpus/step_names.h"
#include "harness/corpus/text_spans.h"
#include "harness/corpus/unicode_text.h"

namespace bench::corpus {
namespace {

class Finisher {
 public:
  Finisher(const CorpusPlan& plan, int shard, DuplicateSamples samples, DocumentWriter documents,
           ShuffleWriter<OrderRecord> order)
      : plan_(plan),
        shard_(shard),
        documents_(std::move(documents)),
        order_(std::move(order)),
        finished_{CorpusReport(), std::move(samples)} {
    if (plan.evaluation_texts != nullptr) {
      report().contaminated.resize(plan.evaluation_texts->parts().size());
    }
  }

  absl::Status Take(PreparedDocument prepared) {
    Document& document = prepared.document;
    if (!prepared.removed_by.empty()) return Remove(prepared.removed_by, "duplicate", document);
    BENCH_RETURN_IF_ERROR(TidyCuts(prepared));
    if (IsContaminated(document)) return Remove(kDecontaminationStep, "shared_ngram", document);
    Mask(document);
    if (CountCharacters(document.text) < plan_.spec.min_characters) {
      return Remove(kLengthStep, "too_few_characters", document);
    }
    report().kept[{document.source, document.language}].Add(std::ssize(document.text));
    const Digest128 content = ContentDigest(document);
    report().held_out_places.Add(HeldOutPlace(content));
    BENCH_ASSIGN_OR_RETURN(const uint64_t offset, documents_.Add(document));
    return order_.Add({content, IdDigest(document), static_cast<uint64_t>(shard_), offset});
  }

  DuplicateSamples& samples() { return finished_.samples; }

  absl::StatusOr<FinishedShard> Finish() {
    BENCH_RETURN_IF_ERROR(documents_.Finish());
    BENCH_RETURN_IF_ERROR(order_.Finish());
    return std::move(finished_);
  }

 private:
  CorpusReport& report() { return finished_.report; }

  absl::Status Remove(std::string_view step, std::string_view rule, const Document& document) {
    report().removed.Add(step, rule, document);
    return absl::OkStatus();
  }

  void Shorten(std::string_view step, int64_t num_bytes) {
    if (num_bytes != 0) report().shortened[std::string(step)].Add(num_bytes);
  }

  // What is left between cuts may begin or end with blank lines, or with what now combines.
  absl::Status TidyCuts(PreparedDocument& prepared) {
    if (prepared.num_line_bytes + prepared.num_substring_bytes == 0) return absl::OkStatus();
    std::string& text = prepared.document.text;
    BENCH_ASSIGN_OR_RETURN(std::string tidy, NormalizeText(text));
    const int64_t num_tidied = std::ssize(text) - std::ssize(tidy);
    text = std::move(tidy);
    const bool has_substrings = prepared.num_substring_bytes != 0;
    Shorten(kParagraphStep, prepared.num_line_bytes + (has_substrings ? 0 : num_tidied));
    Shorten(kSubstringStep, prepared.num_substring_bytes + (has_substrings ? num_tidied : 0));
    return absl::OkStatus();
  }

  // Counts the document under every part that it repeats something of.
  bool IsContaminated(const Document& document) {
    if (plan_.evaluation_texts == nullptr) return false;
    const uint64_t parts = plan_.evaluation_texts->PartsIn(document.text, shingler_);
    for (uint64_t rest = parts; rest != 0; rest &= rest - 1) {
      report().contaminated[static_cast<size_t>(std::countr_zero(rest))].Add(
          std::ssize(document.text));
    }
    return parts != 0 && plan_.spec.decontamination.action == harness::ContaminationAction::kRemove;
  }

  void Mask(Document& document) {
    PiiOutcome masked = MaskPii(document.text, plan_.spec.pii);
    if (masked.num_emails + masked.num_ip_addresses + masked.num_phone_numbers == 0) return;
    report().masked["email"] += masked.num_emails;
    report().masked["ip_address"] += masked.num_ip_addresses;
    report().masked["phone_number"] += masked.num_phone_numbers;
    Shorten(kPiiStep, std::ssize(document.text) - std::ssize(masked.text));
    document.text = std::move(masked.text);
  }

  const CorpusPlan& plan_;
  const int shard_;
  DocumentWriter documents_;
  ShuffleWriter<OrderRecord> order_;
  FinishedShard finished_;
  Shingler shingler_;
};

}  // namespace

absl::StatusOr<FinishedShard> FinishShard(const CorpusPlan& plan, int shard,
                                          const Removals& removals, DuplicateSamples samples) {
  BENCH_RETURN_IF_ERROR(MakeFolders(absl::StrCat(plan.folder, "/final")));
  BENCH_ASSIGN_OR_RETURN(auto documents, DocumentWriter::Create(plan.FinalPath(shard)));
  BENCH_ASSIGN_OR_RETURN(auto order, ShuffleWriter<OrderRecord>::Create(plan.order_files(), shard,
                                                                        plan.ShardBudget()));
  Finisher finisher(plan, shard, std::move(samples), std::move(documents), std::move(order));
  BENCH_RETURN_IF_ERROR(VisitPrepared(
      plan, shard, removals,
      [&](PreparedDocument prepared) { return finisher.Take(std::move(prepared)); },
      [&](const Document& document) { finisher.samples().See(document); }));
  return finisher.Finish();
}

}  // namespace bench::corpus
