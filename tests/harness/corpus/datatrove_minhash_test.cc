#include "harness/corpus/datatrove_minhash.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bench::corpus {
namespace {

using testing::ElementsAre;

// All numbers were printed by datatrove 0.10.1 with numpy 2.4.
TEST(DatatroveMinHash, PermutationsAreThoseOfNumpy) {
  const auto p = MakeDatatrovePermutations({.num_bands = 2, .rows_per_band = 3, .seed = 1});
  EXPECT_THAT(p.a, ElementsAre(775169054918279404u, 1758426461858698313u, 2109959069025162u,
                               965365488286768774u, 401325382989534145u, 1703346441743126658u));
  EXPECT_THAT(p.b, ElementsAre(1130051441076870727u, 1762784241922636284u, 401538927472639257u,
                               716042322565387540u, 815244983797985637u, 1110853719534651860u));
  const auto seven = MakeDatatrovePermutations({.seed = 7});
  ASSERT_EQ(seven.a.size(), 112u);
  EXPECT_EQ(seven.a.back(), 1023785140444320999u);
  EXPECT_EQ(seven.b.back(), 1695345227136028884u);
}

TEST(DatatroveMinHash, SignatureIsDatatroves) {
  DatatroveMinHasher hasher({.num_bands = 2, .rows_per_band = 3, .seed = 1});
  std::vector<uint64_t> minima;
  hasher.Signature("One two, three: FOUR five 6.5", minima);
  EXPECT_THAT(minima, ElementsAre(766877689211712757u, 537794003430101647u, 73555527755729352u,
                                  1263300486254646222u, 1126889740581868104u, 593020759814412695u));
}

TEST(DatatroveMinHash, ShortTextsHaveNone) {
  DatatroveMinHasher hasher({.num_bands = 2, .rows_per_band = 3, .seed = 1});
  std::vector<uint64_t> minima = {1};
  hasher.Signature("one - two, three: (four)", minima);
  EXPECT_TRUE(minima.empty());
}

}  // namespace
}  // namespace bench::corpus
