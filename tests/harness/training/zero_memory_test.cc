#include "harness/training/zero_memory.h"

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"

namespace bench::harness {
namespace {

constexpr double kGigabyte = 1e9;

// A number as the paper prints it; `digits` after the point.
struct Printed {
  double value;
  int digits = 0;
};
struct PaperRow {
  int64_t num_ranks;
  Printed pos, pos_g, pos_g_p;  // GB a device
};
struct PaperColumn {
  double num_parameters;
  std::vector<PaperRow> rows;
};

// Rajbhandari et al., arXiv:1910.02054, table 1, all of it.
const std::vector<PaperColumn>& PaperTable() {
  static const std::vector<PaperColumn> table = {{7.5e9,
                                                  {{1, {120}, {120}, {120}},
                                                   {4, {52.5, 1}, {41.3, 1}, {30}},
                                                   {16, {35.6, 1}, {21.6, 1}, {7.5, 1}},
                                                   {64, {31.4, 1}, {16.6, 1}, {1.88, 2}},
                                                   {256, {30.4, 1}, {15.4, 1}, {0.47, 2}},
                                                   {1024, {30.1, 1}, {15.1, 1}, {0.12, 2}}}},
                                                 {128e9,
                                                  {{1, {2048}, {2048}, {2048}},
                                                   {4, {896}, {704}, {512}},
                                                   {16, {608}, {368}, {128}},
                                                   {64, {536}, {284}, {32}},
                                                   {256, {518}, {263}, {8}},
                                                   {1024, {513}, {257}, {2}}}},
                                                 {1e12,
                                                  {{1, {16000}, {16000}, {16000}},
                                                   {4, {7000}, {5500}, {4000}},
                                                   {16, {4750}, {2875}, {1000}},
                                                   {64, {4187}, {2218}, {250}},
                                                   {256, {4046}, {2054}, {62.5, 1}},
                                                   {1024, {4011}, {2013}, {15.6, 1}}}}};
  return table;
}

double Gigabytes(double num_parameters, const ZeroSharding& sharding) {
  return ModelStateBytes(static_cast<int64_t>(num_parameters), Precision::kMixed, sharding)
             .total() /
         kGigabyte;
}

// The paper rounds one column half up and truncates the others: less than one unit of the last
// digit in either case.
void ExpectPrinted(double num_parameters, const ZeroSharding& sharding, const Printed& printed) {
  const double unit = std::pow(10, -printed.digits);
  EXPECT_LT(std::abs(Gigabytes(num_parameters, sharding) - printed.value), unit)
      << num_parameters << " parameters, " << sharding.num_ranks << " ranks, "
      << EnumNames(ZeroStage{})[static_cast<size_t>(sharding.stage)];
}

TEST(ZeroMemory, ReproducesEveryNumberOfThePapersTable) {
  int num_checked = 0;
  for (const PaperColumn& column : PaperTable()) {
    for (const PaperRow& row : column.rows) {
      const std::pair<ZeroStage, Printed> stages[] = {{ZeroStage::kOptimizer, row.pos},
                                                      {ZeroStage::kGradients, row.pos_g},
                                                      {ZeroStage::kParameters, row.pos_g_p}};
      for (const auto& [stage, printed] : stages) {
        ExpectPrinted(column.num_parameters, {stage, row.num_ranks}, printed);
        ++num_checked;
      }
    }
  }
  EXPECT_EQ(num_checked, 54);
}

// By hand, to the byte: what the paper rounds.
TEST(ZeroMemory, ValuesAreExact) {
  EXPECT_EQ(Gigabytes(7.5e9, {ZeroStage::kBaseline, 64}), 120);
  EXPECT_EQ(Gigabytes(7.5e9, {ZeroStage::kGradients, 4}), 41.25);
  EXPECT_EQ(Gigabytes(7.5e9, {ZeroStage::kParameters, 1024}), 0.1171875);
  EXPECT_EQ(Gigabytes(128e9, {ZeroStage::kOptimizer, 1024}), 513.5);
  EXPECT_EQ(Gigabytes(1e12, {ZeroStage::kOptimizer, 64}), 4187.5);
  EXPECT_EQ(Gigabytes(1e12, {ZeroStage::kGradients, 1024}), 2013.671875);
}

// Paper, section 3.1 and 5: 2 + 2 + 12; 4 + 4 + 8 without a separate master copy.
TEST(ZeroMemory, EveryPrecisionHasSixteenBytesAParameter) {
  for (const Precision precision : {Precision::kFp32, Precision::kAutocast, Precision::kMixed}) {
    EXPECT_EQ(BytesPerParameter(precision).total(), 16);
  }
  EXPECT_EQ(BytesPerParameter(Precision::kMixed).optimizer_states, 12);
  EXPECT_EQ(BytesPerParameter(Precision::kFp32).optimizer_states, 8);
  EXPECT_EQ(BytesPerParameter(Precision::kAutocast).gradients, 4);
}

// Of 1,000 parameters on 3 ranks: 8 Psi + 8 Psi / N, 4 Psi + 12 Psi / N, 16 Psi / N.
TEST(ZeroMemory, OfFp32ShardsTheTwoMoments) {
  const auto bytes = [](ZeroStage stage) {
    return ModelStateBytes(1000, Precision::kFp32, {stage, 3});
  };
  EXPECT_DOUBLE_EQ(bytes(ZeroStage::kOptimizer).total(), 8000 + 8000.0 / 3);
  EXPECT_EQ(bytes(ZeroStage::kOptimizer).gradients, 4000);
  EXPECT_DOUBLE_EQ(bytes(ZeroStage::kGradients).total(), 4000 + 12000.0 / 3);
  EXPECT_EQ(bytes(ZeroStage::kGradients).parameters, 4000);
  EXPECT_DOUBLE_EQ(bytes(ZeroStage::kParameters).total(), 16000.0 / 3);
}

// 4 bytes a parameter that a device updates, but never more than 2^22 of them.
TEST(ZeroMemory, TheUpdateConvertsABoundedSlice) {
  const auto bytes = [](int64_t parameters, Precision precision, ZeroStage stage) {
    return UpdateBytes(parameters, precision, {stage, 4});
  };
  EXPECT_EQ(bytes(1'000'000, Precision::kMixed, ZeroStage::kBaseline), 4'000'000);
  EXPECT_EQ(bytes(1'000'000, Precision::kMixed, ZeroStage::kOptimizer), 1'000'000);
  EXPECT_EQ(bytes(7'000'000'000, Precision::kMixed, ZeroStage::kBaseline), 16'777'216);
  EXPECT_EQ(bytes(7'000'000'000, Precision::kMixed, ZeroStage::kParameters), 16'777'216);
  EXPECT_EQ(bytes(7'000'000'000, Precision::kFp32, ZeroStage::kBaseline), 0);
}

// The definition of "largest": it fits, and one parameter more does not.
TEST(ZeroMemory, LargestModelFitsAndOneParameterMoreDoesNot) {
  for (const Precision precision : {Precision::kFp32, Precision::kMixed}) {
    for (const ZeroStage stage : kZeroStages) {
      for (const int64_t num_ranks : {1, 3, 7, 64, 1024}) {
        for (const int64_t budget : {int64_t{15}, int64_t{1'000'003}, int64_t{80'000'000'000}}) {
          const ZeroSharding sharding = {stage, num_ranks};
          const int64_t largest = LargestNumParameters(budget, precision, sharding);
          const auto bytes = [&](int64_t n) {
            return ModelStateBytes(n, precision, sharding).total();
          };
          EXPECT_LE(bytes(largest), static_cast<double>(budget));
          EXPECT_GT(bytes(largest + 1), static_cast<double>(budget));
        }
      }
    }
  }
}

// Table 2 of the paper, 64 devices of 32 GB: 2 B, 7.6 B, 14.4 B and 128 B parameters.
TEST(ZeroMemory, LargestModelsAreThoseOfThePapersTable) {
  const auto billions = [](ZeroStage stage) {
    return static_cast<double>(
               LargestNumParameters(32'000'000'000, Precision::kMixed, {stage, 64})) /
           1e9;
  };
  EXPECT_NEAR(billions(ZeroStage::kBaseline), 2, 0.1);
  EXPECT_NEAR(billions(ZeroStage::kOptimizer), 7.6, 0.1);
  EXPECT_NEAR(billions(ZeroStage::kGradients), 14.4, 0.1);
  EXPECT_NEAR(billions(ZeroStage::kParameters), 128, 0.1);
}

TEST(ZeroMemory, NothingFitsIntoNothing) {
  EXPECT_EQ(LargestNumParameters(0, Precision::kMixed, {ZeroStage::kParameters, 1024}), 0);
  EXPECT_EQ(LargestNumParameters(-1, Precision::kMixed, {ZeroStage::kParameters, 1024}), 0);
}

}  // namespace
}  // namespace bench::harness
