#include "harness/data/json_rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/status.h"
#include "harness/data/record_reader.h"
#include "tests/harness/data/table_files.h"
#include "tests/support/temp_folder.h"

namespace bench::harness {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;

constexpr FieldRule kRules[] = {{"a", FieldPresence::kRequired},
                                {"list", FieldPresence::kOptional, FieldType::kMessages}};

class JsonRows : public ::testing::Test {
 protected:
  absl::StatusOr<RecordReport> Read(std::string_view bytes,
                                    OnInvalid on_invalid = OnInvalid::kError) {
    EXPECT_TRUE(PublishFile(path_, bytes).ok());
    RecordOptions options;
    options.on_invalid = on_invalid;
    options.max_record_bytes = 200;
    seen.clear();
    places.clear();
    return VisitRecords(path_, kRules, options, [this](StringRecord record) {
      seen.push_back(record.fields);
      places.push_back(record.where);
      return absl::OkStatus();
    });
  }
  std::string Refusal(std::string_view bytes) {
    const absl::Status status = Read(bytes).status();
    EXPECT_EQ(ExitCodeFor(status), ExitCode::kBadData) << status;
    return std::string(status.message());
  }

  std::vector<std::vector<std::string>> seen;
  std::vector<std::string> places;

 private:
  TempFolder folder_;
  const std::string path_ = folder_ / "rows";
};

// Written by Python's json module and by pandas.
TEST(JsonFiles, OfOtherProgramsAreReadWhateverIsAroundTheRecords) {
  const auto expected = ReadExamples(TableFile("rows.jsonl"));
  for (const char* name : {"wrapped.json", "records.json"}) {
    const auto read = ReadExamples(TableFile(name));
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(*read, *expected) << name;
  }
}

TEST_F(JsonRows, AListIsItsTextWhateverItHolds) {
  const std::string list = R"([ {"k" : "v\u4f60\"", "n":[1,-2.5,true,null,[]]}, {}, [] ])";
  ASSERT_TRUE(Read("{\"a\":\"y\",\"list\":null}\n{\"a\":\"x\",\"list\":" + list + "}").ok());
  EXPECT_THAT(seen,
              ElementsAre(ElementsAre("y", ""),
                          ElementsAre("x", R"([{"k":"v你\"","n":[1,-2.5,true,null,[]]},{},[]])")));
}

TEST_F(JsonRows, WrappedRecordsAreNumberedAndTheOtherMembersAreNot) {
  ASSERT_TRUE(Read("{\"x\":[\"s\"],\"y\":{\"data\":[{\"a\":\"no\"}]},\n \"data\": "
                   "[{\"a\":\"1\",\"o\":{}},\n{\"a\":\"2\"}], \"z\":[]}\n")
                  .ok());
  EXPECT_THAT(seen, ElementsAre(ElementsAre("1", ""), ElementsAre("2", "")));
  EXPECT_THAT(places, ElementsAre(EndsWith("rows: record 1: "), EndsWith("rows: record 2: ")));
}

TEST_F(JsonRows, RefusesAListWhereATextIsWantedAndTheOtherWayRound) {
  EXPECT_THAT(Refusal(R"({"a":["x"]})"), EndsWith(":1: field \"a\" is an array, not a string"));
  EXPECT_THAT(Refusal(R"({"a":"x","list":"y"})"),
              EndsWith(":1: field \"list\" is a string, not a list"));
  EXPECT_THAT(Refusal(R"({"a":"x","list":{}})"),
              EndsWith(":1: field \"list\" is an object, not a list"));
  EXPECT_THAT(Refusal(R"({"a":"x","list":[{"k":1,"k":2}]})"), HasSubstr("duplicate key \"k\""));
}

TEST_F(JsonRows, RefusesABrokenObjectAroundTheRecordsWhereItBreaks) {
  EXPECT_THAT(Refusal("{\"data\":[{\"a\":\"1\"},{\"a\":"), HasSubstr("rows: record 2: no valid"));
  EXPECT_THAT(Refusal("{\"data\":[{\"a\":\"1\"},3]}"),
              EndsWith("record 2: the record is a number, not an object"));
  EXPECT_THAT(Refusal("{\"data\":[{\"a\":\"1\"}]} {}"), HasSubstr("record 2: no valid JSON"));
  EXPECT_THAT(Refusal("{\"data\":[{\"b\":\"1\"}]}"), HasSubstr("record 1: no field \"a\""));
  EXPECT_THAT(Refusal("{\"data\":[{\"a\":\"" + std::string(300, 'x') + "\"}]}"),
              HasSubstr("record over 200 bytes"));
  EXPECT_THAT(Refusal("{\"data\":[{\"a\":\"1\"}],\"more\":[{\"a\":\"1\"}]}"),
              HasSubstr("several lists of objects (\"data\", \"more\")"));
}

// The whole is larger than any record may be.
TEST_F(JsonRows, AnObjectMayBeLongerThanARecord) {
  std::string text = "{\"data\":[{\"a\":\"1\"}";
  for (int i = 0; i < 100; ++i) text += ",{\"a\":\"" + std::string(50, 'x') + "\"}";
  const auto report = Read(text + "]}");
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->num_read, 101);
}

TEST_F(JsonRows, SkippedRecordsOfAnObjectAreCounted) {
  const auto report = Read(R"({"data":[{"a":"1"},{"b":"2"},{"a":3},{"a":"4"}]})", OnInvalid::kSkip);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->num_read, 2);
  EXPECT_EQ(report->skipped.count(), 2);
}

// With skip_invalid the broken line is left out, and must not decide how the others are read.
TEST_F(JsonRows, TheFirstLineThatCanBeReadSaysTheFields) {
  TempFolder folder;
  const std::string path = folder / "a.jsonl";
  ASSERT_TRUE(PublishFile(path, "{\"a\": \"x\n{\"list\": [], \"a\": \"y\"}\n").ok());
  const auto shape = FindJsonShape(path, 200);
  ASSERT_TRUE(shape.ok()) << shape.status();
  EXPECT_EQ(shape->fields, (FieldKinds{{"a", FieldKind::kText}, {"list", FieldKind::kList}}));
  ASSERT_TRUE(PublishFile(path, "A text.\n{\"a\": \"y\"}\n").ok());
  EXPECT_TRUE(FindJsonShape(path, 200)->fields.empty());
}

TEST_F(JsonRows, Utf16IsNamed) {
  EXPECT_THAT(Refusal(std::string_view("\xFF\xFE{\0", 4)),
              EndsWith("rows:1: starts as UTF-16; save it as UTF-8"));
}

}  // namespace
}  // namespace bench::harness
