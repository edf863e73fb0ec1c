#include "harness/data/components.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "absl/strings/str_cat.h"

namespace bench::harness {
namespace {

TEST(TextComponents, JoinsTransitively) {
  TextComponents components;
  const auto a = components.Node("a"), b = components.Node("b"), c = components.Node("c"),
             d = components.Node("d");
  components.Join(a, b);
  components.Join(c, b);
  EXPECT_EQ(components.Representative(a), components.Representative(c));
  EXPECT_NE(components.Representative(a), components.Representative(d));
}

TEST(TextComponents, OneNodeAText) {
  TextComponents components;
  EXPECT_EQ(components.Node("a"), components.Node("a"));
  EXPECT_EQ(components.num_nodes(), 1);
}

// A chain a0 - a1 - ... - a99 joined in random orders: the representative is always "a0".
TEST(TextComponents, RepresentativeIsTheSmallestTextInAnyOrder) {
  std::mt19937 draw(1);
  std::vector<int> order(99);
  for (int i = 0; i < 99; ++i) order[static_cast<size_t>(i)] = i;
  for (int round = 0; round < 10; ++round) {
    std::shuffle(order.begin(), order.end(), draw);
    TextComponents components;
    for (const int i : order) {
      components.Join(components.Node(absl::StrCat("a", i + 1)),
                      components.Node(absl::StrCat("a", i)));
    }
    EXPECT_EQ(components.text(components.Representative(components.Node("a57"))), "a0");
  }
}

}  // namespace
}  // namespace bench::harness
