#include "results/journal_codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/status.h"
#include "nlohmann/json.hpp"
#include "tests/results/sample_record.h"

namespace bench::results {
namespace {

using ::testing::HasSubstr;
using Json = nlohmann::json;

std::string Cbor(const Json& value) {
  const std::vector<uint8_t> bytes = Json::to_cbor(value);
  return {bytes.begin(), bytes.end()};
}

template <typename T>
T RoundTrip(const T& body) {
  const auto event = DecodeEvent(EncodeEvent({7, body}));
  EXPECT_TRUE(event.ok()) << event.status();
  EXPECT_EQ(event->attempt, 7);
  EXPECT_TRUE(std::holds_alternative<T>(event->body));
  return std::get<T>(event->body);
}

TEST(JournalCodec, HeadersAreReadBack) {
  RunHeader header = SampleHeader();
  EXPECT_EQ(RoundTrip(BeginEvent{header, std::nullopt, 0}).header, header);
  header.version.reset();
  header.ad_hoc = true;
  header.strict = false;
  const BeginEvent resumed = RoundTrip(BeginEvent{header, 12, 5});
  EXPECT_EQ(resumed.header, header);
  EXPECT_EQ(resumed.from_step, 12);
  EXPECT_EQ(resumed.torn_bytes, 5);
}

TEST(JournalCodec, RowsAreReadBackBitForBit) {
  constexpr double kTiny = std::numeric_limits<double>::denorm_min();
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const RowEvent row = {RowGroup::kEvals,
                        {5, int64_t{1} << 60, 0.1},
                        {{0, 0.1}, {1, -0.0}, {2, kTiny}, {3, -kInfinity}}};
  const RowEvent read = RoundTrip(row);
  EXPECT_EQ(read.group, RowGroup::kEvals);
  EXPECT_EQ(read.position, row.position);
  EXPECT_EQ(read.values, row.values);
  EXPECT_TRUE(std::signbit(read.values[1].second));
  EXPECT_EQ(RoundTrip(RowEvent{RowGroup::kSteps, {}, {}}).group, RowGroup::kSteps);
}

TEST(JournalCodec, NanIsReadBackAsNan) {
  EXPECT_TRUE(std::isnan(RoundTrip(SampleEvent{3, std::nan("")}).value));
  EXPECT_TRUE(std::isnan(RoundTrip(SummaryEvent{3, std::nan("")}).value));
  EXPECT_TRUE(std::isnan(RoundTrip(RankEvent{1, 3, std::nan("")}).value));
}

TEST(JournalCodec, OtherEventsAreReadBack) {
  EXPECT_EQ(RoundTrip(MetricEvent{4, Info(kChrf, "zh")}).metric, Info(kChrf, "zh"));
  EXPECT_EQ(RoundTrip(DigestEvent{1, "weights", "ab"}).sha256, "ab");
  EXPECT_EQ(RoundTrip(EndEvent{RunStatus::kDiverged}).status, RunStatus::kDiverged);
  EXPECT_EQ(RoundTrip(RangeEvent{1, "forward", 2, 0.5, 0.25}).device_s, 0.25);
  EXPECT_EQ(RoundTrip(RangeEvent{1, "forward", 2, 0.5, {}}).device_s, std::nullopt);
  const TableEvent table = {"t", 5, {{"a", int64_t{1}}, {"b", 1.0}, {"c", "1"}}};
  EXPECT_EQ(RoundTrip(table).row, table.row);  // 1, 1.0 and "1" stay three types
  EXPECT_EQ(RoundTrip(TableEvent{"t", {}, {}}).step, std::nullopt);
  for (const Attribute& value :
       {Attribute("x"), Attribute(int64_t{-1}), Attribute(1.0), Attribute(true)}) {
    EXPECT_EQ(RoundTrip(NoteEvent{"n", value}).value, value);
  }
}

TEST(JournalCodec, TextBecomesValidUtf8) {
  EXPECT_EQ(std::get<std::string>(RoundTrip(NoteEvent{"n", "a\xFF"}).value), "a\xEF\xBF\xBD");
  EXPECT_EQ(RoundTrip(DigestEvent{1, "a\xFF", ""}).name, "a\xEF\xBF\xBD");
  EXPECT_EQ(RoundTrip(TableEvent{"t", 1, {{"a\xFF", 1.0}}}).row[0].first, "a\xEF\xBF\xBD");
}

TEST(JournalCodec, IsTheFormatThatIsSpecified) {
  const std::string payload = Cbor({{"attempt", 1},
                                    {"event", "step"},
                                    {"step", 3},
                                    {"tokens", 300},
                                    {"wall_time_s", 1.5},
                                    {"values", {{0, 0.25}}}});
  const auto event = DecodeEvent(payload);
  ASSERT_TRUE(event.ok()) << event.status();
  const auto& row = std::get<RowEvent>(event->body);
  EXPECT_EQ(row.position, (RowPosition{3, 300, 1.5}));
  EXPECT_EQ(row.values, (std::vector<std::pair<int64_t, double>>{{0, 0.25}}));
}

TEST(JournalCodec, ValuesOfRanksAreWhatIsSpecified) {
  const Json rank = {{"attempt", 1}, {"event", "rank"}, {"rank", 5}, {"id", 3}, {"value", 4096.0}};
  const auto event = DecodeEvent(Cbor(rank));
  ASSERT_TRUE(event.ok()) << event.status();
  const auto& value = std::get<RankEvent>(event->body);
  EXPECT_EQ(value.rank, 5);
  EXPECT_EQ(value.metric_id, 3);
  EXPECT_EQ(value.value, 4096);
  EXPECT_EQ(Json::from_cbor(EncodeEvent(*event)), rank);
}

void ExpectRefused(const std::string& payload, const std::string& what) {
  const auto event = DecodeEvent(payload);
  EXPECT_EQ(ExitCodeFor(event.status()), ExitCode::kBadData) << what;
  EXPECT_THAT(std::string(event.status().message()), HasSubstr(what));
}

TEST(JournalCodec, DeepOrHugePayloadsAreRefusedAtOnce) {
  ExpectRefused(std::string(16 << 20, '\x81'), "CBOR map");  // arrays of one array
  std::string maps;
  for (int i = 0; i < 1'000'000; ++i) maps += "\xA1\x61\x61";  // maps of "a" to a map
  ExpectRefused(maps, "CBOR map");
  ExpectRefused(std::string(1 << 20, '\x9F'), "CBOR map");            // arrays of unknown length
  const std::string huge("\xBB\x3F\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 9);  // a map of 2^62 - 1 pairs
  ExpectRefused(huge, "CBOR map");
}

TEST(JournalCodec, MalformedPayloadsAreRefusedNamingTheField) {
  ExpectRefused("\xFF", "CBOR");
  ExpectRefused(Cbor(Json::array()), "CBOR map");
  ExpectRefused(Cbor({{"event", "end"}}), "\"attempt\" is missing");
  ExpectRefused(Cbor({{"attempt", 1}, {"event", "gone"}}), "unknown event \"gone\"");
  ExpectRefused(Cbor({{"attempt", 1}, {"event", "end"}, {"status", "fine"}}), "\"status\"");
  ExpectRefused(Cbor({{"attempt", 1}, {"event", "digest"}, {"step", 1.5}}), "\"step\"");
  ExpectRefused(Cbor({{"attempt", 1}, {"event", "sample"}, {"id", 1}, {"value", 1}}), "\"value\"");
  ExpectRefused(Cbor({{"attempt", 1}, {"event", "rank"}, {"id", 1}, {"value", 1.5}}),
                "\"rank\" is missing");
  ExpectRefused(Cbor({{"attempt", 1}, {"event", "rank"}, {"rank", "0"}, {"id", 1}, {"value", 1.5}}),
                "\"rank\"");
  const Json row = {
      {"attempt", 1}, {"event", "step"}, {"step", 1}, {"tokens", 1}, {"wall_time_s", 0.5}};
  for (const Json& item : {Json(1), Json({0}), Json({0, 1}), Json({0.5, 0.5}), Json({0, "x"})}) {
    Json malformed = row;
    malformed["values"] = Json::array({item});
    ExpectRefused(Cbor(malformed), "\"values\"");
  }
  ExpectRefused(Cbor(row), "\"values\" is missing");
  ExpectRefused(Cbor({{"attempt", UINT64_MAX}, {"event", "end"}}), "\"attempt\"");
  ExpectRefused(Cbor({{"attempt", 1}, {"event", "table"}, {"table", "t"}, {"row", {{"a"}}}}),
                "\"row\"");
}

}  // namespace
}  // namespace bench::results
