#include "harness/data/record_sink.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/status.h"
#include "tests/harness/stop_request.h"

namespace bench::harness {
namespace {

RecordOutcome Whole(const std::string& text) { return {{text, std::nullopt}, std::nullopt}; }

TEST(RecordSink, AVisitorMayRefuseARecordAsAReaderMay) {
  const RecordVisitor visit = [](StringRecord record) -> Visited {
    EXPECT_EQ(record.fields.at(1), "");
    if (record.fields[0] == "bad") return RecordProblem{"is bad", "is \"bad\""};
    return absl::OkStatus();
  };
  RecordOptions options;
  EXPECT_EQ(RecordSink(options, visit).Take(Whole("bad"), "f:1: ").message(), "f:1: is \"bad\"");

  options.on_invalid = OnInvalid::kSkip;
  RecordSink sink(options, visit);
  EXPECT_TRUE(sink.Take(Whole("bad"), "f:1: ").ok());
  EXPECT_TRUE(sink.Take(Whole("good"), "f:2: ").ok());
  EXPECT_TRUE(sink.Take({{}, RecordProblem{"is cut", "is cut"}}, "f:3: ").ok());
  EXPECT_EQ(sink.report().num_read, 1);
  EXPECT_EQ(sink.report().skipped.count(), 2);
  EXPECT_EQ(sink.report().skipped.reasons().at("is bad").first, "f:1");
}

TEST(RecordSink, WhatIsHandedOnIsCountedApart) {
  RecordOptions options;
  std::vector<std::string> reasons;
  options.on_refused = [&](const RecordProblem& problem, const std::string&) {
    reasons.push_back(problem.reason);
    return absl::OkStatus();
  };
  const RecordVisitor visit = [](StringRecord) { return absl::OkStatus(); };
  RecordSink sink(options, visit);
  EXPECT_TRUE(sink.Take({{}, RecordProblem{"is cut", "is cut"}}, "f:1: ").ok());
  EXPECT_TRUE(sink.Take(Whole("good"), "f:2: ").ok());
  EXPECT_EQ(reasons, std::vector<std::string>{"is cut"});
  EXPECT_EQ(sink.num_handed_on(), 1);
  EXPECT_EQ(sink.report().num_read, 1);
  EXPECT_EQ(sink.report().skipped.count(), 0);
}

TEST(RecordSink, AVisitorsErrorAndAStopSignalAreErrorsThoughRecordsMayBeSkipped) {
  RecordOptions options;
  options.on_invalid = OnInvalid::kSkip;
  const RecordVisitor visit = [](StringRecord) { return DataError("enough"); };
  RecordSink sink(options, visit);
  EXPECT_EQ(sink.Take(Whole("a"), "f:1: ").message(), "enough");
  const StopRequest stop;
  EXPECT_TRUE(IsStopped(sink.Take(Whole("a"), "f:1: ")));
}

}  // namespace
}  // namespace bench::harness
