#include "harness/profiling/perf_samples.h"

#include <gtest/gtest.h>

namespace bench::harness {
namespace {

using results::Cell;

// As perf 6.1 prints them.
constexpr char kScript[] =
    "23919 16000.638337649:    1001001      7fcfffef5710 PyIter_Next@plt "
    "(/usr/lib/libpython3.11.so.1.0)\n"
    "  812 16000.700000001:    1001001      7fcffff8a7e9 at::native::(anonymous "
    "namespace)::add(int, (lambda) const) (/opt/torch/lib/libtorch_cpu.so)\n"
    "23919 16000.700000002:    1001001      7fcfffef5710 PyIter_Next@plt "
    "(/usr/lib/libpython3.11.so.1.0)\n"
    "23919 16000.700000003:    2002002      7fcfffef5710 PyIter_Next@plt "
    "(/usr/lib/libpython3.11.so.1.0)\n"
    "\n"
    "[ perf script: 1 lost event ]\n";

TEST(PerfSamples, ALineHasTimePeriodSymbolAndObject) {
  const auto sample = ParsePerfSample(
      "  812 16000.700000001:    1001001      7fcffff8a7e9 at::native::(anonymous "
      "namespace)::add(int, (lambda) const) (/opt/torch/lib/libtorch_cpu.so)");
  ASSERT_TRUE(sample.has_value());
  EXPECT_EQ(sample->time_ns, 16000700000001);
  EXPECT_EQ(sample->period_ns, 1001001);
  EXPECT_EQ(sample->symbol, "at::native::(anonymous namespace)::add(int, (lambda) const)");
  EXPECT_EQ(sample->object, "libtorch_cpu.so");
}

TEST(PerfSamples, CodeWithoutSymbolsOrFileKeepsWhatPerfCallsIt) {
  const auto sample = ParsePerfSample("1 2.000000000: 5  7f00 [unknown] ([unknown])");
  ASSERT_TRUE(sample.has_value());
  EXPECT_EQ(sample->symbol, "[unknown]");
  EXPECT_EQ(sample->object, "[unknown]");
}

TEST(PerfSamples, OtherLinesAreNone) {
  for (const char* line : {"", "[ perf script: 1 lost event ]", "1 2.5: 5 7f00 main (a)",
                           "1 2.000000000 5 7f00 main (a)", "1 2.000000000: 5 7f00 main",
                           "x 2.000000000: 5 7f00 main (a)", "1 2.000000000: x 7f00 main (a)"}) {
    EXPECT_FALSE(ParsePerfSample(line).has_value()) << line;
  }
}

TEST(PerfSamples, AddUpByRangeAndSymbolTheLongestFirst) {
  const RangeIntervals ranges({{16000'700000000, 16001'000000000, "forward"}});
  const results::Table table = SymbolsTable(kScript, ranges);
  EXPECT_EQ(table.columns,
            (std::vector<std::string>{"range", "symbol", "object", "samples", "self_s"}));
  ASSERT_EQ(table.rows.size(), 3u);
  EXPECT_EQ(table.rows[0], (std::vector<Cell>{"forward", "PyIter_Next@plt", "libpython3.11.so.1.0",
                                              int64_t{2}, 1e-9 * 3003003}));
  EXPECT_EQ(std::get<std::string>(table.rows[1][0]), "");
  EXPECT_EQ(table.rows[2],
            (std::vector<Cell>{"forward",
                               "at::native::(anonymous namespace)::add(int, (lambda) "
                               "const)",
                               "libtorch_cpu.so", int64_t{1}, 1e-9 * 1001001}));
}

}  // namespace
}  // namespace bench::harness
