#include "harness/corpus/star_components.h"

#include <algorithm>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "harness/control/signals.h"
#include "harness/corpus/external_sort.h"
#include "harness/corpus/record_file.h"

namespace bench::corpus {
namespace {

using Sorter = ExternalSorter<DigestEdge>;

// Edges from the larger to the smaller node, in order and once: the form between the steps.
class Contraction {
 public:
  Contraction(std::string folder, int64_t budget_bytes)
      : folder_(std::move(folder)), sorter_bytes_(budget_bytes / 2) {}

  absl::Status Orient(const std::vector<std::string>& edge_files, const std::string& output) {
    Sorter oriented(folder_ + "/oriented", sorter_bytes_, Repeats::kOnce);
    for (const std::string& file : edge_files) {
      BENCH_RETURN_IF_ERROR(ForEachRecord<DigestEdge>(file, [&](const DigestEdge& edge) {
        if (edge.from == edge.to) return absl::OkStatus();
        return oriented.Add({std::max(edge.from, edge.to), std::min(edge.from, edge.to)});
      }));
    }
    return Write(oriented, output);
  }

  absl::Status LargeStar(const std::string& input, const std::string& output) {
    Sorter both(folder_ + "/both", sorter_bytes_, Repeats::kOnce);
    Sorter moved(folder_ + "/moved", sorter_bytes_, Repeats::kOnce);
    const auto add_both = [&](const DigestEdge& edge) -> absl::Status {
      BENCH_RETURN_IF_ERROR(both.Add(edge));
      return both.Add({edge.to, edge.from});
    };
    BENCH_RETURN_IF_ERROR(ForEachRecord<DigestEdge>(input, add_both));
    DigestEdge group;  // the node and the smallest of it and its neighbours
    bool first = true;
    BENCH_RETURN_IF_ERROR(both.ForEachSorted([&](const DigestEdge& edge) {
      if (first || group.from != edge.from) group = {edge.from, std::min(edge.from, edge.to)};
      first = false;
      return edge.from < edge.to ? moved.Add({edge.to, group.to}) : absl::OkStatus();
    }));
    return Write(moved, output);
  }

  absl::Status SmallStar(const std::string& input, const std::string& output) {
    Sorter moved(folder_ + "/moved", sorter_bytes_, Repeats::kOnce);
    DigestEdge group;
    bool first = true;
    BENCH_RETURN_IF_ERROR(ForEachRecord<DigestEdge>(input, [&](const DigestEdge& edge) {
      const bool begins = first || group.from != edge.from;
      first = false;
      if (begins) group = edge;  // sorted: its `to` is the smallest
      return moved.Add(begins ? edge : DigestEdge{edge.to, group.to});
    }));
    return Write(moved, output);
  }

 private:
  static absl::Status Write(Sorter& sorter, const std::string& output) {
    BENCH_ASSIGN_OR_RETURN(auto writer,
                           RecordWriter<DigestEdge>::Create(output, Durability::kPublished));
    BENCH_RETURN_IF_ERROR(
        sorter.ForEachSorted([&](const DigestEdge& edge) { return writer.Add(edge); }));
    return writer.Finish();
  }

  const std::string folder_;
  const int64_t sorter_bytes_;
};

absl::StatusOr<RecordTrailer> TrailerOf(const std::string& path) {
  BENCH_ASSIGN_OR_RETURN(const auto reader, RecordReader<DigestEdge>::Open(path));
  return reader.trailer();
}

}  // namespace

absl::Status ConnectComponents(const std::vector<std::string>& edge_files,
                               const std::string& output, int64_t budget_bytes) {
  const std::string folder = output + ".work";
  BENCH_RETURN_IF_ERROR(RemoveTree(folder));
  BENCH_RETURN_IF_ERROR(MakeFolders(folder));
  const auto remove = absl::MakeCleanup([&] { RemoveTree(folder).IgnoreError(); });
  const std::string edges = folder + "/edges", large = folder + "/large";
  Contraction contraction(folder, budget_bytes);
  BENCH_RETURN_IF_ERROR(contraction.Orient(edge_files, edges));
  for (;;) {
    BENCH_RETURN_IF_ERROR(harness::CheckNotStopped());
    // The files are in order and without repeats: equal trailers are equal sets of edges.
    BENCH_ASSIGN_OR_RETURN(const RecordTrailer before, TrailerOf(edges));
    BENCH_RETURN_IF_ERROR(contraction.LargeStar(edges, large));
    BENCH_RETURN_IF_ERROR(contraction.SmallStar(large, edges));
    BENCH_ASSIGN_OR_RETURN(const RecordTrailer after, TrailerOf(edges));
    if (before == after) return PublishExisting(edges, output);
  }
}

}  // namespace bench::corpus
