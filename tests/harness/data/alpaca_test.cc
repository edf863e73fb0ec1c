#include "harness/data/alpaca.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <filesystem>
#include <fstream>
#include <optional>

#include "base/file.h"
#include "base/status.h"
#include "tests/harness/stop_request.h"
#include "tests/support/temp_folder.h"

namespace bench::harness {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class Alpaca : public ::testing::Test {
 protected:
  std::string Write(std::string_view bytes) {
    const std::string path = folder_ / "data.json";
    EXPECT_TRUE(PublishFile(path, bytes).ok());
    return path;
  }
  absl::StatusOr<AlpacaData> Read(std::string_view bytes, const AlpacaOptions& options = {}) {
    return ReadAlpaca(Write(bytes), options);
  }

  TempFolder folder_;
};

const SftExample kSample{"将下列文本翻译成英文：", "今天天气真好", "Today is a nice day！", ""};
constexpr std::string_view kSampleLine =
    R"({"instruction":"将下列文本翻译成英文：","input":"今天天气真好","output":"Today is a nice day！"})";
constexpr std::string_view kShort = R"({"instruction":"a","output":"b"})";

TEST_F(Alpaca, ReadsLinesWithEitherLineEndAndBlankLines) {
  const std::string line(kSampleLine);
  for (const std::string& text : {line + "\n" + line + "\n", line + "\r\n\r\n" + line + "\r\n",
                                  "\n \n" + line + "\n" + line}) {
    const auto data = Read(text);
    ASSERT_TRUE(data.ok()) << data.status();
    EXPECT_THAT(data->examples, ::testing::ElementsAre(kSample, kSample));
    EXPECT_EQ(data->report.num_read, 2);
  }
}

TEST_F(Alpaca, ReadsAnArrayAsItReadsLines) {
  const std::string line(kSampleLine);
  const auto data = Read("\r\n [\n" + line + ",\r\n" + line + "\n]\n");
  ASSERT_TRUE(data.ok()) << data.status();
  EXPECT_THAT(data->examples, ::testing::ElementsAre(kSample, kSample));
}

TEST_F(Alpaca, OptionalFieldsDefaultAndOthersAreIgnored) {
  const auto data = Read(
      R"({"text":{"instruction":[1,null]},"output":"","instruction":"a\u00e9\ud83d\ude00","task":"t","n":1.5})");
  ASSERT_TRUE(data.ok()) << data.status();
  EXPECT_EQ(data->examples.at(0), (SftExample{"aé😀", "", "", "t"}));
}

struct BadLine {
  std::string bytes;
  std::string message;
};

std::string Nested(int depth) {
  return R"({"instruction":"a","output":"b","x":)" + std::string(depth, '[') +
         std::string(depth, ']') + "}";
}

std::vector<BadLine> BadLines() {
  using std::string_literals::operator""s;
  return {
      {R"({"instruction":"a"})", "no field \"output\" (the record has \"instruction\")"},
      {R"({"instructions":"a","output":"b"})",
       "no field \"instruction\" (nearest key: \"instructions\")"},
      {"{}", "no field \"instruction\" (the record has no keys)"},
      {R"({"instruction":"","output":"b"})", "field \"instruction\" is empty"},
      {R"({"instruction":1,"output":"b"})", "field \"instruction\" is a number, not a string"},
      {R"({"instruction":"a","output":null})", "field \"output\" is null, not a string"},
      {R"({"instruction":"a","output":true})", "field \"output\" is a boolean, not a string"},
      {R"({"instruction":"a","output":["b"]})", "field \"output\" is an array, not a string"},
      {R"({"instruction":"a","output":{"b":"c"}})", "field \"output\" is an object, not a string"},
      {R"("text")", "the record is a string, not an object"},
      {"12", "the record is a number, not an object"},
      {R"(["a"])", "the record is an array, not an object"},
      {R"({"instruction":"a","output":"b","output":"b"})", "duplicate key \"output\""},
      {R"({"instruction":"a","output":"b","x":{"k":1,"k":2}})", "duplicate key \"k\""},
      {R"({"instruction":"a\u0000","output":"b"})", "field \"instruction\" contains NUL"},
      {"{\"instruction\":\"a\0\",\"output\":\"b\"}"s, "a NUL byte"},
      {"{\"instruction\":\"a\",\"output\":\"b\"}\0"s, "a NUL byte"},
      {"\0"s, "a NUL byte"},
      {"\xEF\xBB\xBF{\"instruction\":\"a\",\"output\":\"b\"}", "no valid JSON"},
      {"{\"instruction\":\"a\xFF\",\"output\":\"b\"}", "no valid JSON"},
      {"{\"instruction\":\"a\xC0\xAF\",\"output\":\"b\"}", "no valid JSON"},
      {R"({"instruction":"a\ud800","output":"b"})", "surrogate"},
      {R"({"instruction":"a\udc00b","output":"b"})", "surrogate"},
      {R"({"instruction":"a","output":"b","x":1e400})", "no valid JSON"},
      {R"({"instruction":"a","output":"b","x":NaN})", "no valid JSON"},
      {R"({"instruction":"a","output":"b"} {})", "no valid JSON"},
      {R"({"instruction":"a","output":"b)", "no valid JSON"},
      {R"({"instruction":"a",)", "no valid JSON"},
      {Nested(64), "nested deeper than 64"},
      {R"({"instruction":"a","x":)" + std::string(2'000'000, '['), "over"},
  };
}

TEST_F(Alpaca, NamesFileAndLineOfEveryBadLine) {
  for (const BadLine& bad : BadLines()) {
    if (bad.bytes[0] == '[') continue;  // would be an array of records
    const auto data = Read(std::string(kShort) + "\n\r\n" + bad.bytes + "\n" + std::string(kShort));
    ASSERT_FALSE(data.ok()) << bad.bytes.substr(0, 100);
    EXPECT_EQ(ExitCodeFor(data.status()), ExitCode::kBadData);
    EXPECT_THAT(std::string(data.status().message()),
                AllOf(HasSubstr("data.json:3: "), HasSubstr(bad.message)));
    EXPECT_EQ(data.status().message().find('\n'), std::string::npos);
  }
}

TEST_F(Alpaca, NamesTheRecordOfAnArray) {
  for (const BadLine& bad : BadLines()) {
    const auto data =
        Read("[" + std::string(kShort) + ",\n" + bad.bytes + ", " + std::string(kShort) + "]");
    ASSERT_FALSE(data.ok()) << bad.bytes.substr(0, 100);
    EXPECT_EQ(ExitCodeFor(data.status()), ExitCode::kBadData);
    EXPECT_THAT(std::string(data.status().message()),
                ::testing::ContainsRegex("data.json: record [23]: "))
        << bad.bytes.substr(0, 100);
  }
}

TEST_F(Alpaca, SkipsAndCountsBadLinesOnlyWhenAsked) {
  int64_t num_bad = 0;
  std::string text;
  for (const BadLine& bad : BadLines()) {
    if (bad.bytes[0] == '[') continue;
    text += std::string(kShort) + "\n" + bad.bytes + "\n";
    ++num_bad;
  }
  const auto data = Read(text, {.on_invalid = OnInvalid::kSkip});
  ASSERT_TRUE(data.ok()) << data.status();
  EXPECT_EQ(data->report.num_read, num_bad);
  EXPECT_EQ(data->report.skipped.count(), num_bad);
  // Whatever the records themselves say, these are a few reasons.
  EXPECT_EQ(data->report.skipped.reasons().at("duplicate key").count, 2);
  EXPECT_GT(data->report.skipped.reasons().at("no valid JSON").count, 5);
}

TEST_F(Alpaca, SkipsBadRecordsOfAnArrayButNotBrokenSyntax) {
  const std::string good(kShort);
  const AlpacaOptions skip{.on_invalid = OnInvalid::kSkip};
  const auto data = Read("[" + good + ",{}, 3, [1, [2]], " + good + "]", skip);
  ASSERT_TRUE(data.ok()) << data.status();
  EXPECT_EQ(data->report.num_read, 2);
  EXPECT_EQ(data->report.skipped.count(), 3);
  EXPECT_FALSE(Read("[" + good + ",{\"a\":}, " + good + "]", skip).ok());
}

TEST_F(Alpaca, ArrayThatEndsEarlyOrLateIsAnError) {
  const std::string good(kShort);
  for (const std::string& text :
       {"[" + good, "[" + good + ",", "[" + good + ",]", "[" + good + "]]", "[" + good + "] x",
        std::string("["), std::string(2'000'000, '[')}) {
    const auto data = Read(text);
    ASSERT_FALSE(data.ok()) << text.substr(0, 60);
    EXPECT_THAT(std::string(data.status().message()), HasSubstr("data.json: record "));
  }
}

TEST_F(Alpaca, RefusesByteOrderMarkAndEmptyFiles) {
  const auto marked = Read("\xEF\xBB\xBF" + std::string(kShort));
  ASSERT_FALSE(marked.ok());
  EXPECT_THAT(std::string(marked.status().message()),
              AllOf(HasSubstr("data.json:1: "), HasSubstr("byte order mark")));
  for (const char* text : {"", "\n \r\n", "[]"}) {
    const auto data = Read(text);
    ASSERT_FALSE(data.ok());
    EXPECT_THAT(std::string(data.status().message()), HasSubstr("no record"));
  }
}

// Everything behind the byte would vanish, and the file be half read with success.
TEST_F(Alpaca, ANulByteBehindARecordIsAnErrorAndNotTheEnd) {
  const std::string good(kShort), nul(1, '\0');
  for (const std::string& text :
       {good + "\n" + nul + good + "\n", good + nul + "\n" + good, good + "\n" + good + nul,
        "[" + good + nul + "," + good + "]", "[" + good + "]" + nul,
        "[" + good + "]\n" + nul + good, "[" + nul + "]", nul + "[" + good + "]"}) {
    const auto data = Read(text);
    ASSERT_FALSE(data.ok()) << text;
    EXPECT_EQ(ExitCodeFor(data.status()), ExitCode::kBadData);
    EXPECT_THAT(std::string(data.status().message()), HasSubstr("a NUL byte")) << text;
  }
  EXPECT_EQ(Read(good + "\n" + nul + good + "\n" + good, {.on_invalid = OnInvalid::kSkip})
                ->examples.size(),
            2u);
}

TEST_F(Alpaca, SyntaxErrorsInAnArrayNameTheLineAndColumnInTheFile) {
  const std::string good(kShort);
  EXPECT_THAT(std::string(Read("\n  [" + good + ",\n {\"a\" 1}]").status().message()),
              HasSubstr("data.json: record 2: no valid JSON at line 3, column 7: "));
  EXPECT_THAT(std::string(Read("  [{\"a\" 1}]").status().message()),
              HasSubstr("data.json: record 1: no valid JSON at column 9: "));
  EXPECT_THAT(std::string(Read("\n  [{\"a\" 1}]").status().message()),
              HasSubstr("no valid JSON at line 2, column 9: "));
}

TEST_F(Alpaca, MissingFileIsAnEnvironmentError) {
  const auto data = ReadAlpaca(folder_ / "absent.json");
  EXPECT_EQ(ExitCodeFor(data.status()), ExitCode::kEnvironment);
  EXPECT_THAT(std::string(data.status().message()), HasSubstr("absent.json"));
}

TEST_F(Alpaca, RecordAtTheLimitIsReadAndOneByteMoreIsNot) {
  const AlpacaOptions options{.max_record_bytes = static_cast<int64_t>(kShort.size()) + 1};
  const std::string line = std::string(kShort) + "\n";
  EXPECT_TRUE(Read(line + line, options).ok());
  const auto longer = Read(line + " " + line, options);
  ASSERT_FALSE(longer.ok());
  EXPECT_THAT(std::string(longer.status().message()), HasSubstr("data.json:2: record over"));
}

int64_t PeakKib() {
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

// One record of 64 MiB, as a line and in an array, is refused without being held in memory.
TEST_F(Alpaca, MemoryIsBoundedByTheRecordLimit) {
  const std::string block(1 << 20, 'x');
  for (const char* start : {"{\"instruction\":\"", "[{\"instruction\":\""}) {
    std::ofstream file(folder_ / "large.json", std::ios::binary);
    file << start;
    for (int i = 0; i < 64; ++i) file << block;
    file.close();
    const int64_t before = PeakKib();
    const auto data = ReadAlpaca(folder_ / "large.json");
    ASSERT_FALSE(data.ok());
    EXPECT_THAT(std::string(data.status().message()), HasSubstr("record over 1048576 bytes"));
    EXPECT_LT(PeakKib() - before, 32 << 10);
  }
}

// Fault 11: 1 GiB without a newline. A sparse file: it takes no room on the disk.
TEST_F(Alpaca, ALineOfOneGibibyteIsRefusedInBoundedMemory) {
  const std::string path = folder_ / "sparse.json";
  {
    std::ofstream file(path, std::ios::binary);
    file << kShort << "\n{\"instruction\":\"";
  }
  std::filesystem::resize_file(path, uintmax_t{1} << 30);
  const int64_t before = PeakKib();
  const auto data = ReadAlpaca(path);
  EXPECT_EQ(ExitCodeFor(data.status()), ExitCode::kBadData);
  EXPECT_THAT(std::string(data.status().message()),
              HasSubstr("sparse.json:2: record over 1048576 bytes"));
  EXPECT_LT(PeakKib() - before, 8 << 10);
}

TEST_F(Alpaca, ATruncatedLastLineIsAnErrorWithItsNumber) {
  const std::string good(kShort);
  for (size_t size = 1; size < good.size(); ++size) {
    const auto data = Read(good + "\n" + good + "\r\n" + good.substr(0, size));
    ASSERT_FALSE(data.ok()) << size;
    EXPECT_THAT(std::string(data.status().message()), HasSubstr("data.json:3: no valid JSON"));
  }
}

TEST_F(Alpaca, VisitorsErrorEndsTheReading) {
  int visited = 0;
  const auto report =
      VisitAlpaca(Write("[" + std::string(kShort) + "," + std::string(kShort) + "]"), {},
                  [&](const SftExample&) {
                    ++visited;
                    return EnvironmentError("full");
                  });
  EXPECT_EQ(report.status().message(), "full");
  EXPECT_EQ(visited, 1);
}

TEST_F(Alpaca, AStopSignalEndsTheReadingAfterTheRecord) {
  const std::string line(kShort);
  const std::string bad = "{}\n";
  for (const std::string& rest : {line + "\n" + line + "\n", bad + bad, "," + line + "]"}) {
    const std::string path = Write((rest.front() == ',' ? "[" + line : line + "\n") + rest);
    std::optional<StopRequest> stop;
    int num_visited = 0;
    const auto report = VisitAlpaca(path, {.on_invalid = OnInvalid::kSkip}, [&](const SftExample&) {
      ++num_visited;
      stop.emplace();
      return absl::OkStatus();
    });
    EXPECT_TRUE(IsStopped(report.status())) << report.status();
    EXPECT_EQ(num_visited, 1);
  }
}

TEST_F(Alpaca, WrittenLinesReadBack) {
  const std::vector<SftExample> examples = {
      kSample, {"quote \" back \\ slash", "tab\tnewline\n", "\x01 😀 \u2028", "task"}};
  const std::string lines = AlpacaLines(examples);
  EXPECT_EQ(AlpacaLine(kSample), kSampleLine);
  const auto data = Read(lines);
  ASSERT_TRUE(data.ok()) << data.status();
  EXPECT_EQ(data->examples, examples);
}

}  // namespace
}  // namespace bench::harness
