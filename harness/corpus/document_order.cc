#include "harness/corpus/document_order.h"

#include <optional>
#include <utility>
#include <vector>

#include "base/status.h"
#include "harness/control/signals.h"
#include "harness/corpus/document_file.h"
#include "harness/corpus/external_sort.h"
#include "harness/corpus/shuffle.h"

namespace bench::corpus {

absl::Status VisitPartitionInOrder(const CorpusPlan& plan, int partition,
                                   const OrderedVisitor& visit) {
  constexpr size_t kReadHereAndThereBytes = 4096;
  const ShuffleFiles files = plan.order_files();
  ExternalSorter<OrderRecord> sorter(files.FoundPath(partition) + ".sort", plan.ShardBudget());
  BENCH_RETURN_IF_ERROR(SortPartition(files, partition, sorter));
  std::vector<DocumentFile> shards;
  for (int shard = 0; shard < plan.num_shards(); ++shard) {
    BENCH_ASSIGN_OR_RETURN(DocumentFile file,
                           DocumentFile::Open(plan.FinalPath(shard), kReadHereAndThereBytes));
    shards.push_back(std::move(file));
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
