#include "harness/corpus/star_components.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "harness/control/signals.h"
#include "harness/corpus/external_sort.h"
#include "harness/corpus/record_file.h"

namespace bench::corpus {
namespace {

using Writer = ShuffleWriter<DigestEdge>;

absl::Status AddBoth(const DigestEdge& edge, Writer& writer) {
  BENCH_RETURN_IF_ERROR(writer.Add(edge));
  return writer.Add({edge.to, edge.from});
}

// Calls `visit(edge, begins)` for the edges of the partition, in order and once; `begins`: it is
// the first of its node, and so the one to its smallest neighbour.
template <typename Visitor>
absl::Status VisitNeighbours(const ShuffleFiles& files, int partition, int64_t budget_bytes,
                             Visitor visit) {
  ExternalSorter<DigestEdge> sorter(files.FoundPath(partition) + ".sort", budget_bytes,
                                    Repeats::kOnce);
  BENCH_RETURN_IF_ERROR(SortPartition(files, partition, sorter));
  std::optional<Digest128> node;
  return sorter.ForEachSorted([&](const DigestEdge& edge) -> absl::Status {
    const bool begins = node != edge.from;
    node = edge.from;
    return visit(edge, begins);
  });
}

}  // namespace

ShuffleFiles StarFiles::edges(int round) const {
  return {folder, absl::StrCat("edges-", round), num_partitions, num_partitions};
}

ShuffleFiles StarFiles::moved(int round) const {
  return {folder, absl::StrCat("moved-", round), num_partitions, num_partitions};
}

absl::Status SpreadEdges(const StarFiles& files, int partition,
                         const std::vector<std::string>& edge_files, int64_t budget_bytes) {
  BENCH_ASSIGN_OR_RETURN(Writer writer, Writer::Create(files.edges(0), partition, budget_bytes));
  for (const std::string& file : edge_files) {
    BENCH_RETURN_IF_ERROR(harness::CheckNotStopped());
    BENCH_RETURN_IF_ERROR(ForEachRecord<DigestEdge>(file, [&](const DigestEdge& edge) {
      return edge.from == edge.to ? absl::OkStatus() : AddBoth(edge, writer);
    }));
  }
  return writer.Finish();
}

absl::StatusOr<bool> LargeStar(const StarFiles& files, int round, int partition,
                               int64_t budget_bytes) {
  BENCH_ASSIGN_OR_RETURN(Writer writer,
                         Writer::Create(files.moved(round), partition, budget_bytes / 2));
  Digest128 smallest;  // of the node and its neighbours
  bool has_moved = false;
  const auto move = [&](const DigestEdge& edge, bool begins) -> absl::Status {
    if (begins) smallest = std::min(edge.from, edge.to);
    if (edge.to < edge.from) return absl::OkStatus();  // its other node looks after it
    has_moved |= smallest != edge.from;
    return writer.Add({edge.to, smallest});
  };
  BENCH_RETURN_IF_ERROR(VisitNeighbours(files.edges(round - 1), partition, budget_bytes / 2, move));
  BENCH_RETURN_IF_ERROR(writer.Finish());
  return has_moved;
}

absl::StatusOr<bool> SmallStar(const StarFiles& files, int round, int partition,
                               int64_t budget_bytes) {
  const ShuffleFiles edges = files.edges(round);
  BENCH_ASSIGN_OR_RETURN(Writer writer, Writer::Create(edges, partition, budget_bytes / 2));
  BENCH_ASSIGN_OR_RETURN(auto found, RecordWriter<DigestEdge>::Create(edges.FoundPath(partition),
                                                                      Durability::kPublished));
  Digest128 smallest;  // of the node's neighbours, which all are smaller than it
  bool has_moved = false;
  const auto move = [&](const DigestEdge& edge, bool begins) -> absl::Status {
    if (begins) {
      smallest = edge.to;
      BENCH_RETURN_IF_ERROR(found.Add(edge));
      return AddBoth(edge, writer);
    }
    has_moved = true;
    return AddBoth({edge.to, smallest}, writer);
  };
  BENCH_RETURN_IF_ERROR(VisitNeighbours(files.moved(round), partition, budget_bytes / 2, move));
  BENCH_RETURN_IF_ERROR(writer.Finish());
  BENCH_RETURN_IF_ERROR(found.Finish());
  return has_moved;
}

absl::StatusOr<ShuffleFiles> ConnectComponents(const StarFiles& files,
                                               const std::vector<std::string>& edge_files,
                                               int64_t budget_bytes) {
  for (int partition = 0; partition < files.num_partitions; ++partition) {
    BENCH_RETURN_IF_ERROR(
        SpreadEdges(files, partition, {edge_files[static_cast<size_t>(partition)]}, budget_bytes));
  }
  for (int round = 1;; ++round) {
    bool has_moved = false;
    for (const auto phase : {LargeStar, SmallStar}) {
      for (int partition = 0; partition < files.num_partitions; ++partition) {
        BENCH_ASSIGN_OR_RETURN(const bool moved, phase(files, round, partition, budget_bytes));
        has_moved |= moved;
      }
    }
    if (!has_moved) return files.edges(round);
  }
}

}  // namespace bench::corpus
