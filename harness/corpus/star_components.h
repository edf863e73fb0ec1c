// Connected components of a graph that may be larger than memory, by star contraction, in phases
// that a job array can run.
//
// Nodes are digests, edges come from pairs of duplicates. Each node is mapped to the smallest
// digest of its component: what a union-find over the pairs gives, but with sorts instead of random
// access.
//
//   0. partition p:  every edge of its file, in both directions, to the partitions of their `from`
//   then rounds r = 1, 2, ... of two phases each:
//   a. partition p:  large-star: each larger neighbour of u moves to the smallest of u and its
//                    neighbours                                        edges(r - 1) -> moved(r)
//   b. partition p:  small-star: the smaller neighbours of u, and u, move to the smallest of them
//                                                                      moved(r) -> edges(r)
// A round that moves nothing is the last: the edges are one star a component, and edges(r).found-p
// has, in order, one edge for each node of the range p that is not the smallest of its component.
// O(log^2 n) rounds; 64 bytes an edge are written and sorted in b, 32 in a.
//
// A function of the set of edges. Memory: the budget of each call. Source: Kiveris et al.,
// "Connected Components in MapReduce and Beyond", SoCC 2014.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "harness/corpus/digest.h"
#include "harness/corpus/shuffle.h"

namespace bench::corpus {

// `from` is connected with `to`; in what is found `to` is the smallest node of the component.
struct DigestEdge {
  static constexpr uint32_t kKind = 2;
  Digest128 from;
  Digest128 to;
  uint64_t PartitionHash() const { return from.high; }
  friend auto operator<=>(const DigestEdge&, const DigestEdge&) = default;
};

struct StarFiles {
  std::string folder;
  int num_partitions = 1;
  ShuffleFiles edges(int round) const;
  ShuffleFiles moved(int round) const;
};

// Phase 0: of record files of edges (either direction, repeats and self-loops allowed).
absl::Status SpreadEdges(const StarFiles& files, int partition,
                         const std::vector<std::string>& edge_files, int64_t budget_bytes);

// Phases a and b of a round: whether an edge has moved.
absl::StatusOr<bool> LargeStar(const StarFiles& files, int round, int partition,
                               int64_t budget_bytes);
absl::StatusOr<bool> SmallStar(const StarFiles& files, int round, int partition,
                               int64_t budget_bytes);

// All phases, one after the other, of edges that are one file a partition. Returns the files of the
// last round, whose FoundPath(p) are the result.
absl::StatusOr<ShuffleFiles> ConnectComponents(const StarFiles& files,
                                               const std::vector<std::string>& edge_files,
                                               int64_t budget_bytes);

}  // namespace bench::corpus
