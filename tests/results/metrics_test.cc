#include "results/metrics.h"

#include <gtest/gtest.h>

#include <regex>
#include <set>
#include <string>

#include "base/file.h"

namespace bench::results {
namespace {

// A comparison tells metrics apart by their names. The loss of a step is "loss" in every stage,
// whatever it is the loss of.
TEST(Metrics, NamesAreUniqueButForTheLoss) {
  const auto header = ReadFile(BENCH_SOURCE_DIR "/results/metrics.h", 1 << 20);
  ASSERT_TRUE(header.ok()) << header.status();
  const std::regex named(R"re(\.name = "(\w+)")re");
  std::set<std::string> names;
  int num_losses = 0;
  for (std::sregex_iterator at(header->begin(), header->end(), named), end; at != end; ++at) {
    const std::string name = (*at)[1];
    if (name == kLoss.name) {
      ++num_losses;
    } else {
      EXPECT_TRUE(names.insert(name).second) << name;
    }
  }
  EXPECT_EQ(num_losses, 3);  // of tokens, pairs and PPO
  EXPECT_GT(names.size(), 70u);
}

}  // namespace
}  // namespace bench::results
