#include "harness/corpus/document_order.h"

#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "harness/control/signals.h"
#include "harness/corpus/document_file.h"
#include "harness/corpus/external_sort.h"

namespace bench::corpus {

absl::Status VisitInOrder(const CorpusPlan& plan,
                          const std::function<absl::Status(OrderedDocument)>& visit) {
  ExternalSorter<OrderRecord> sorter(absl::StrCat(plan.folder, "/order.sort"),
                                     plan.budget_bytes() / 4);
  std::vector<DocumentFile> shards;
  for (int shard = 0; shard < plan.num_shards(); ++shard) {
    BENCH_ASSIGN_OR_RETURN(DocumentFile file, DocumentFile::Open(plan.FinalPath(shard)));
    shards.push_back(std::move(file));
    BENCH_RETURN_IF_ERROR(ForEachRecord<OrderRecord>(
        plan.OrderPath(shard), [&](const OrderRecord& record) { return sorter.Add(record); }));
  }
  std::optional<Digest128> last;
  return sorter.ForEachSorted([&](const OrderRecord& record) -> absl::Status {
    BENCH_RETURN_IF_ERROR(harness::CheckNotStopped());
    BENCH_ASSIGN_OR_RETURN(Document document, shards[record.shard].At(record.offset));
    const bool repeats = last == record.content;
    last = record.content;
    return visit({std::move(document), record.content, repeats});
  });
}

}  // namespace bench::corpus
