#include "harness/corpus/star_components.h"

#include <gtest/gtest.h>

#include <map>
#include <numeric>

#include "harness/corpus/record_file.h"
#include "harness/determinism/random.h"
#include "tests/support/temp_folder.h"

namespace bench::corpus {
namespace {

using Edges = std::vector<std::pair<uint64_t, uint64_t>>;

Digest128 Node(uint64_t i) { return {i * 0x9E3779B97F4A7C15, i}; }  // an order unlike i's

std::vector<DigestEdge> Connected(const Edges& edges, int64_t budget, int num_files = 1) {
  const TempFolder folder;
  std::vector<std::string> files;
  for (int f = 0; f < num_files; ++f) {
    files.push_back(folder / ("edges-" + std::to_string(f)));
    auto writer = RecordWriter<DigestEdge>::Create(files.back(), Durability::kPublished);
    for (size_t i = static_cast<size_t>(f); i < edges.size(); i += static_cast<size_t>(num_files)) {
      EXPECT_TRUE(writer->Add({Node(edges[i].first), Node(edges[i].second)}).ok());
    }
    EXPECT_TRUE(writer->Finish().ok());
  }
  const absl::Status status = ConnectComponents(files, folder / "out", budget);
  EXPECT_TRUE(status.ok()) << status;
  std::vector<DigestEdge> result;
  EXPECT_TRUE(ForEachRecord<DigestEdge>(folder / "out", [&](const DigestEdge& edge) {
                result.push_back(edge);
                return absl::OkStatus();
              }).ok());
  EXPECT_FALSE(Exists(folder / "out.work"));
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
}

TEST(ConnectComponents, OrderDirectionAndRepeatsDoNotMatter) {
  const Edges edges = {{1, 2}, {2, 3}, {5, 6}, {7, 7}};
  const Edges other = {{6, 5}, {3, 2}, {5, 6}, {2, 1}, {1, 2}};
  EXPECT_EQ(Connected(edges, 1 << 20), Connected(other, 1 << 20));
  EXPECT_EQ(Connected(edges, 1 << 20).size(), 3u);
}

}  // namespace
}  // namespace bench::corpus
