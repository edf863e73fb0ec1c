#include "harness/stages/program/event_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <tuple>
#include <vector>

#include "base/file.h"
#include "base/status.h"

namespace bench::harness {
namespace {

using testing::HasSubstr;

using Scalars = std::vector<std::tuple<int64_t, std::string, double>>;

std::string Sample() {
  return *ReadFile(std::string(BENCH_TEST_DATA) +
                   "/harness/stages/program/testdata/events/events.out.tfevents.1.test");
}

absl::Status Read(std::string_view bytes, Scalars& scalars) {
  return ForEachScalar(bytes, [&](const EventScalar& scalar) {
    scalars.emplace_back(scalar.step, std::string(scalar.tag), scalar.value);
    return absl::OkStatus();
  });
}

std::string Refusal(std::string_view bytes) {
  Scalars scalars;
  const absl::Status status = Read(bytes, scalars);
  EXPECT_EQ(ExitCodeFor(status), ExitCode::kBadData);
  return std::string(status.message());
}

// Values as tensorboard's own EventFileLoader reads them (testdata/make_samples.py wrote the file):
// simple values, and tensors of float32 and float64. The text and the histogram are no scalars.
TEST(EventFile, GivesTheScalarsThatTensorboardReads) {
  Scalars scalars;
  ASSERT_TRUE(Read(Sample(), scalars).ok());
  ASSERT_EQ(scalars.size(), 15u);
  EXPECT_EQ(scalars[6], (std::tuple(int64_t{3}, "train/loss", 1.3333333730697632)));
  EXPECT_EQ(scalars[7], (std::tuple(int64_t{3}, "new/loss", 2.6666667461395264)));
  EXPECT_EQ(scalars[8], (std::tuple(int64_t{3}, "new/double", 0.30000000000000004)));
  EXPECT_EQ(scalars[14], (std::tuple(int64_t{5}, "new/double", 0.5)));
}

TEST(EventFile, AnEmptyOneHasNone) {
  Scalars scalars;
  EXPECT_TRUE(Read("", scalars).ok());
  EXPECT_TRUE(scalars.empty());
}

// At every byte of the first records.
TEST(EventFile, ThatIsCutOffSaysWhere) {
  const std::string sample = Sample();
  int num_whole = 0;
  for (size_t size = 1; size < 400; ++size) {
    Scalars scalars;
    const absl::Status status = Read(sample.substr(0, size), scalars);
    if (status.ok()) {
      ++num_whole;  // a cut between two records is none
    } else {
      EXPECT_THAT(status.message(), HasSubstr("is cut off")) << size;
    }
  }
  EXPECT_GT(num_whole, 2);
  EXPECT_LT(num_whole, 10);
}

TEST(EventFile, ThatIsDamagedIsNotRead) {
  const std::string sample = Sample();
  for (size_t at = 0; at < 300; ++at) {
    std::string damaged = sample;
    damaged[at] ^= 0x10;
    EXPECT_THAT(Refusal(damaged), testing::AnyOf(HasSubstr("checksum"), HasSubstr("cut off")))
        << at;
  }
  EXPECT_THAT(Refusal("this is no event file at all"),
              HasSubstr("the record at byte 0 is damaged: the checksum of its length"));
}

}  // namespace
}  // namespace bench::harness
