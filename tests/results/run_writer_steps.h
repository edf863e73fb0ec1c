// Writers that flush only when told to, and steps whose losses a test can tell apart.
#pragma once

#include <memory>
#include <string>

#include "gtest/gtest.h"
#include "results/run_writer.h"
#include "tests/results/sample_record.h"

namespace bench::results {

inline constexpr double kNever = 1e9;

inline std::unique_ptr<RunWriter> Start(const std::string& folder,
                                        double flush_interval_s = kNever) {
  auto writer = RunWriter::Create(folder, SampleHeader(), flush_interval_s);
  EXPECT_TRUE(writer.ok()) << writer.status();
  return *std::move(writer);
}

inline std::unique_ptr<RunWriter> Resume(const std::string& folder, int64_t from_step) {
  auto writer = RunWriter::Resume(folder, SampleHeader(), from_step, kNever);
  EXPECT_TRUE(writer.ok()) << writer.status();
  return *std::move(writer);
}

// The loss of step s is s + offset.
inline void Steps(RunWriter& writer, int64_t from, int64_t to, double offset = 0) {
  for (int64_t s = from; s <= to; ++s) {
    const RowPosition position{s, s * 10, static_cast<double>(s) / 2};
    ASSERT_TRUE(writer.Step(position, {{{&kLoss, ""}, static_cast<double>(s) + offset}}).ok());
  }
}

}  // namespace bench::results
