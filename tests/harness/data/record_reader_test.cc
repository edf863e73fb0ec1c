#include "harness/data/record_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "base/file.h"
#include "base/status.h"
#include "tests/support/temp_folder.h"

namespace bench::harness {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;

// Damaged files are tested through alpaca_test.cc, whose reader this is.
constexpr std::array<FieldRule, 2> kRules = {
    {{"b", FieldPresence::kOptional}, {"a", FieldPresence::kRequired}}};

class RecordReader : public ::testing::Test {
 protected:
  absl::StatusOr<RecordReport> Read(std::string_view bytes, OnInvalid on_invalid) {
    EXPECT_TRUE(PublishFile(path_, bytes).ok());
    RecordOptions options;
    options.on_invalid = on_invalid;
    return VisitRecords(path_, kRules, options, [this](StringRecord record) {
      seen.push_back(record.fields);
      places.push_back(record.where);
      return stop_at == std::ssize(seen) ? DataError("enough") : absl::OkStatus();
    });
  }

  std::vector<std::vector<std::string>> seen;
  std::vector<std::string> places;
  int64_t stop_at = -1;

 private:
  TempFolder folder_;
  const std::string path_ = folder_ / "records";
};

TEST_F(RecordReader, GivesFieldsInTheOrderOfTheRulesAndSaysWhereTheyStand) {
  ASSERT_TRUE(Read("{\"a\":\"1\",\"b\":\"2\"}\n\n{\"a\":\"3\"}\n", OnInvalid::kError).ok());
  EXPECT_THAT(seen, ElementsAre(ElementsAre("2", "1"), ElementsAre("", "3")));
  EXPECT_THAT(places, ElementsAre(EndsWith("records:1: "), EndsWith("records:3: ")));
  seen.clear();
  places.clear();
  ASSERT_TRUE(Read("[{\"a\":\"1\"},{\"a\":\"3\"}]", OnInvalid::kError).ok());
  EXPECT_THAT(seen, ElementsAre(ElementsAre("", "1"), ElementsAre("", "3")));
  EXPECT_THAT(places,
              ElementsAre(EndsWith("records: record 1: "), EndsWith("records: record 2: ")));
}

TEST_F(RecordReader, RefusesOrSkipsARecordThatBreaksARule) {
  constexpr std::string_view kLines = "{\"a\":\"1\"}\n{\"b\":\"2\"}\n{\"a\":\"3\"}\n";
  EXPECT_THAT(Read(kLines, OnInvalid::kError).status().message(),
              HasSubstr("records:2: no field \"a\""));
  seen.clear();
  const auto report = Read(kLines, OnInvalid::kSkip);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->num_read, 2);
  EXPECT_EQ(report->num_skipped, 1);
  EXPECT_THAT(report->skipped, ElementsAre(HasSubstr("records:2: ")));
  EXPECT_THAT(seen, ElementsAre(ElementsAre("", "1"), ElementsAre("", "3")));
}

TEST_F(RecordReader, VisitorsErrorEndsTheReading) {
  stop_at = 1;
  EXPECT_EQ(Read("{\"a\":\"1\"}\n{\"a\":\"2\"}\n", OnInvalid::kSkip).status().message(), "enough");
  EXPECT_EQ(seen.size(), 1u);
}

}  // namespace
}  // namespace bench::harness
