#include "results/exports/export_format.h"

#include <gtest/gtest.h>

namespace bench::results {
namespace {

TEST(ExportFormat, EveryFormatIsFoundByItsName) {
  for (const ExportFormat format : {ExportFormat::kCsv, ExportFormat::kJsonl,
                                    ExportFormat::kTensorboard, ExportFormat::kOpenmetrics}) {
    EXPECT_EQ(ExporterOf(format).format, format);
    EXPECT_EQ(ParseExportFormat(ExporterOf(format).name), format);
  }
  EXPECT_FALSE(ParseExportFormat("xml"));
  EXPECT_EQ(ExportFormatNames(), "csv, jsonl, tensorboard or openmetrics");
}

TEST(ExportFormat, OnlyEventFilesNameThemselves) {
  EXPECT_NE(ExporterOf(ExportFormat::kTensorboard).file_name, nullptr);
  EXPECT_EQ(ExporterOf(ExportFormat::kCsv).file_name, nullptr);
}

}  // namespace
}  // namespace bench::results
