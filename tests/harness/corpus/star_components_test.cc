#include "harness/corpus/star_components.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <numeric>

#include "harness/corpus/record_file.h"
#include "harness/determinism/random.h"
#include "tests/support/temp_folder.h"

namespace bench::corpus {
namespace {

using Edges = std::vector<std::pair<uint64_t, uint64_t>>;

Digest128 Node(uint64_t i) { return {i * 0x9E3779B97F4A7C15, i}; }  // an order unlike i's

std::vector<DigestEdge> Connected(const Edges& edges, int64_t budget, int num_partitions = 1) {
  const TempFolder folder;
  std::vector<std::string> files;
  for (int f = 0; f < num_partitions; ++f) {
    files.push_back(folder / ("edges-" + std::to_string(f)));
    auto writer = RecordWriter<DigestEdge>::Create(files.back(), Durability::kPublished);
    for (size_t i = static_cast<size_t>(f); i < edges.size();
         i += static_cast<size_t>(num_partitions)) {
      EXPECT_TRUE(writer->Add({Node(edges[i].first), Node(edges[i].second)}).ok());
    }
    EXPECT_TRUE(writer->Finish().ok());
  }
  const auto found = ConnectComponents({folder / "stars", num_partitions}, files, budget);
  EXPECT_TRUE(found.ok()) << found.status();
  std::vector<DigestEdge> result;
  for (int p = 0; p < num_partitions; ++p) {
    EXPECT_TRUE(ForEachRecord<DigestEdge>(found->FoundPath(p), [&](const DigestEdge& edge) {
                  EXPECT_EQ(found->PartitionOf(edge.from.high), p);
                  result.push_back(edge);
                  return absl::OkStatus();
                }).ok());
    EXPECT_FALSE(Exists(found->FoundPath(p) + ".sort"));
  }
  return result;
}

// The same by union-find in memory.
std::vector<DigestEdge> UnionFind(const Edges& edges, size_t num_nodes) {
  std::vector<size_t> parent(num_nodes);
  std::iota(parent.begin(), parent.end(), 0);
  const auto root = [&](size_t i) {
    while (parent[i] != i) i = parent[i] = parent[parent[i]];
    return i;
  };
  for (const auto& [a, b] : edges) parent[root(a)] = root(b);
  std::map<size_t, Digest128> smallest;
  for (size_t i = 0; i < num_nodes; ++i) {
    const auto [entry, is_new] = smallest.try_emplace(root(i), Node(i));
    entry->second = std::min(entry->second, Node(i));
  }
  std::vector<DigestEdge> result;
  for (size_t i = 0; i < num_nodes; ++i) {
    if (smallest[root(i)] != Node(i)) result.push_back({Node(i), smallest[root(i)]});
  }
  std::sort(result.begin(), result.end());
  return result;
}

TEST(ConnectComponents, EqualsUnionFindOnRandomGraphs) {
  harness::Random random(1);
  for (const size_t num_edges : {0u, 10u, 300u, 500u, 700u, 3000u}) {
    Edges edges;
    for (size_t i = 0; i < num_edges; ++i)
      edges.push_back({random.Below(1000), random.Below(1000)});
    const auto expected = UnionFind(edges, 1000);
    EXPECT_EQ(Connected(edges, 1 << 24), expected);
    EXPECT_EQ(Connected(edges, 1 << 14, 3), expected);  // spills
  }
}

TEST(ConnectComponents, EqualsUnionFindOnLongPathsAndRings) {
  Edges path, ring;
  for (uint64_t i = 0; i + 1 < 5000; ++i) path.push_back({i, i + 1});
  ring = path;
  ring.push_back({4999, 0});
  EXPECT_EQ(Connected(path, 1 << 24), UnionFind(path, 5000));
  EXPECT_EQ(Connected(ring, 1 << 24), UnionFind(ring, 5000));
  EXPECT_EQ(Connected(ring, 1 << 16, 4), UnionFind(ring, 5000));
}

TEST(ConnectComponents, StarsAreTheirOwnLastRound) {
  // The smallest node is the center of each: nothing moves, so the first round is the last.
  Edges stars;
  std::vector<DigestEdge> expected;
  for (uint64_t star = 0; star < 20; ++star) {
    uint64_t center = 10 * star;
    for (uint64_t i = 10 * star; i < 10 * star + 10; ++i) {
      if (Node(i) < Node(center)) center = i;
    }
    for (uint64_t i = 10 * star; i < 10 * star + 10; ++i) {
      if (i == center) continue;
      stars.push_back({i, center});
      expected.push_back({Node(i), Node(center)});
    }
  }
  std::sort(expected.begin(), expected.end());
  const TempFolder folder;
  const std::string file = folder / "edges";
  auto writer = RecordWriter<DigestEdge>::Create(file, Durability::kPublished);
  for (const auto& [from, to] : stars) {
    ASSERT_TRUE(writer->Add({Node(from), Node(to)}).ok());
  }
  ASSERT_TRUE(writer->Finish().ok());
  const StarFiles files = {folder / "stars", 1};
  const auto found = ConnectComponents(files, {file}, 1 << 20);
  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_EQ(found->name, files.edges(1).name);
  EXPECT_EQ(Connected(stars, 1 << 20, 3), expected);
}

TEST(ConnectComponents, OrderDirectionAndRepeatsDoNotMatter) {
  const Edges edges = {{1, 2}, {2, 3}, {5, 6}, {7, 7}};
  const Edges other = {{6, 5}, {3, 2}, {5, 6}, {2, 1}, {1, 2}};
  EXPECT_EQ(Connected(edges, 1 << 20), Connected(other, 1 << 20));
  EXPECT_EQ(Connected(edges, 1 << 20).size(), 3u);
}

}  // namespace
}  // namespace bench::corpus
