#include "harness/corpus/prepared_documents.h"

#include <optional>
#include <utility>

#include "base/status.h"
#include "harness/control/signals.h"
#include "harness/corpus/document_file.h"
#include "harness/corpus/step_names.h"

namespace bench::corpus {
namespace {

std::string_view RemovedBy(const Removals& removals, const Document& document) {
  if (removals.exact && removals.exact->Contains(document)) return kExactStep;
  if (removals.near && removals.near->SurvivorOver(ContentDigest(document))) return kNearStep;
  return {};
}

// Returns the bytes that were cut.
template <typename CutRemovals>
int64_t Cut(const std::optional<CutRemovals>& removals, Document& document) {
  if (!removals) return 0;
  const int64_t before = std::ssize(document.text);
  document.text = removals->KeptText(document);
  return before - std::ssize(document.text);
}

}  // namespace

absl::Status VisitPrepared(const CorpusPlan& plan, int shard, const Removals& removals,
                           const std::function<absl::Status(PreparedDocument)>& visit,
                           const std::function<void(const Document&)>& before_cuts) {
  BENCH_ASSIGN_OR_RETURN(DocumentFile file, DocumentFile::Open(plan.PreparedPath(shard)));
  std::optional<SubstringRemovals> substrings;
  if (removals.substrings) {
    BENCH_ASSIGN_OR_RETURN(substrings, SubstringRemovals::Open(*removals.substrings, shard));
  }
  for (;;) {
    BENCH_RETURN_IF_ERROR(harness::CheckNotStopped());
    BENCH_ASSIGN_OR_RETURN(std::optional<Document> document, file.Next());
    if (!document) return absl::OkStatus();
    PreparedDocument prepared{.document = *std::move(document)};
    if (before_cuts) before_cuts(prepared.document);
    prepared.removed_by = RemovedBy(removals, prepared.document);
    if (prepared.removed_by.empty()) {
      prepared.num_line_bytes = Cut(removals.lines, prepared.document);
      prepared.num_substring_bytes = Cut(substrings, prepared.document);
    }
    BENCH_RETURN_IF_ERROR(visit(std::move(prepared)));
  }
}

}  // namespace bench::corpus
