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
    options.max_skipped_share = max_skipped_share;
    return VisitRecords(path_, kRules, options, [this](StringRecord record) {
      seen.push_back(record.fields);
      places.push_back(record.where);
      return stop_at == std::ssize(seen) ? DataError("enough") : absl::OkStatus();
    });
  }

  std::vector<std::vector<std::string>> seen;
  std::vector<std::string> places;
  int64_t stop_at = -1;
  double max_skipped_share = 1;

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
  EXPECT_EQ(report->skipped.count(), 1);
  const auto& reason = report->skipped.reasons().at("no field \"a\"");
  EXPECT_EQ(reason.count, 1);
  EXPECT_THAT(reason.first, EndsWith("records:2"));
  EXPECT_THAT(seen, ElementsAre(ElementsAre("", "1"), ElementsAre("", "3")));
}

// What an exporter of a table writes for an empty cell.
TEST_F(RecordReader, AnOptionalFieldThatIsNullIsAbsentAndARequiredOneIsNot) {
  ASSERT_TRUE(Read("{\"a\":\"1\",\"b\":null}\n", OnInvalid::kError).ok());
  ASSERT_TRUE(Read("[{\"b\":null,\"a\":\"1\"}]", OnInvalid::kError).ok());
  EXPECT_THAT(seen, ElementsAre(ElementsAre("", "1"), ElementsAre("", "1")));
  EXPECT_THAT(std::string(Read("{\"a\":null}\n", OnInvalid::kError).status().message()),
              EndsWith("records:1: field \"a\" is null, not a string"));
  EXPECT_THAT(
      std::string(
          Read("{\"a\":\"1\",\"b\":null,\"b\":\"2\"}\n", OnInvalid::kError).status().message()),
      HasSubstr("duplicate key"));
}

// A file like this: six good records of sixty, the others without the field, and one of them cut.
TEST_F(RecordReader, MoreInvalidRecordsThanTheShareAreAnErrorThatNamesTheReasons) {
  std::string lines;
  for (int i = 0; i < 60; ++i) lines += i < 6 ? "{\"a\":\"1\"}\n" : "{\"text\":\"1\"}\n";
  lines += "{\"a\":\n";
  max_skipped_share = 0.1;
  const absl::Status status = Read(lines, OnInvalid::kSkip).status();
  EXPECT_EQ(ExitCodeFor(status), ExitCode::kBadData);
  EXPECT_THAT(std::string(status.message()), HasSubstr("records: 55 of 61 records are invalid"));
  EXPECT_THAT(std::string(status.message()), HasSubstr("54 no field \"a\" (first: "));
  EXPECT_THAT(std::string(status.message()), HasSubstr("records:7)"));
  EXPECT_THAT(std::string(status.message()), HasSubstr("1 no valid JSON (first: "));
  max_skipped_share = 0.95;
  const auto report = Read(lines, OnInvalid::kSkip);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->num_read, 6);
  EXPECT_EQ(report->skipped.count(), 55);
}

TEST_F(RecordReader, VisitorsErrorEndsTheReading) {
  stop_at = 1;
  EXPECT_EQ(Read("{\"a\":\"1\"}\n{\"a\":\"2\"}\n", OnInvalid::kSkip).status().message(), "enough");
  EXPECT_EQ(seen.size(), 1u);
}

}  // namespace
}  // namespace bench::harness
