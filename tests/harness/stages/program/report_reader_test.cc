#include "harness/stages/program/report_reader.h"

#include <gtest/gtest.h>

#include "base/status.h"

namespace bench::harness {
namespace {

ReportSpec SpecOf(ReportFormat format, const std::string& path) {
  ReportSpec spec;
  spec.format = format;
  spec.path = path;
  spec.pattern = "(?P<loss>x)";
  return spec;
}

TEST(ReportReader, KnowsWhereEachFormatIsReadFrom) {
  EXPECT_EQ(SourceOf(SpecOf(ReportFormat::kJsonLines, "")), ReportSource::kLines);
  EXPECT_EQ(SourceOf(SpecOf(ReportFormat::kPattern, "")), ReportSource::kOutput);
  EXPECT_EQ(SourceOf(SpecOf(ReportFormat::kMllog, "")), ReportSource::kOutput);
  EXPECT_EQ(SourceOf(SpecOf(ReportFormat::kMllog, "log")), ReportSource::kLines);
  for (const ReportFormat format :
       {ReportFormat::kGoogleBenchmark, ReportFormat::kTrainerState, ReportFormat::kTensorboard}) {
    EXPECT_EQ(SourceOf(SpecOf(format, "p")), ReportSource::kAtEnd);
  }
}

TEST(ReportReader, ThereIsOneForEachFormat) {
  for (size_t i = 0; i < EnumNames(ReportFormat{}).size(); ++i) {
    const auto reader = MakeReportReader(SpecOf(static_cast<ReportFormat>(i), "p"));
    ASSERT_TRUE(reader.ok());
    EXPECT_NE(*reader, nullptr);
  }
}

TEST(ReportReader, APatternThatIsNoneIsTheUsersError) {
  ReportSpec spec = SpecOf(ReportFormat::kPattern, "");
  spec.pattern = "(";
  EXPECT_EQ(ExitCodeFor(MakeReportReader(spec).status()), ExitCode::kUsage);
}

}  // namespace
}  // namespace bench::harness
