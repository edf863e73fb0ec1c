// Connected components of a graph that may be larger than memory, by star contraction.
//
// Nodes are digests, edges come from pairs of duplicates. Each node is mapped to the smallest
// digest of its component: what a union-find over the pairs gives, but with sorts instead of random
// access. One iteration is a large-star (each larger neighbour of u moves to the smallest of u and
// its neighbours) and a small-star (the smaller neighbours of u, and u, move to the smallest of
// them); it ends when the edges stay as they are, which are then one star a component. O(log^2 n)
// iterations; an external sort of at most twice the edges each (external_sort.h).
//
// A function of the set of edges. Memory: the budget. Source: Kiveris et al., "Connected Components
// in MapReduce and Beyond", SoCC 2014.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "harness/corpus/digest.h"

namespace bench::corpus {

// `from` is connected with `to`; in the output `to` is the smallest node of the component.
struct DigestEdge {
  static constexpr uint32_t kKind = 2;
  Digest128 from;
  Digest128 to;
  friend auto operator<=>(const DigestEdge&, const DigestEdge&) = default;
};

// Reads record files of edges (either direction, repeats and self-loops allowed) and publishes
// `output`: one edge for each node that is not the smallest of its component, sorted by `from`.
// Works in the folder `output` + ".work", which it removes.
absl::Status ConnectComponents(const std::vector<std::string>& edge_files,
                               const std::string& output, int64_t budget_bytes);

}  // namespace bench::corpus
