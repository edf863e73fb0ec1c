// A sink over a run of its own, and what was recorded there, for tests of what hands values over.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "harness/stages/program/metric_sink.h"
#include "results/run_writer.h"
#include "tests/support/temp_folder.h"

namespace bench::harness {

// Names stand for themselves; {name, key} for a key of its own.
inline ProgramMetricSpec MetricNamed(std::string name, ReportedAs as = ReportedAs::kStep) {
  ProgramMetricSpec spec;
  spec.name = std::move(name);
  spec.better = results::Better::kLower;
  spec.as = as;
  return spec;
}

inline ProgramMetricSpec TimeNamed(std::string name, ReportedAs as) {
  ProgramMetricSpec spec = MetricNamed(std::move(name), as);
  spec.kind = results::MetricKind::kTime;
  spec.units = "s";
  return spec;
}

inline std::string WriteText(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
  return path;
}

class SinkFixture {
 public:
  explicit SinkFixture(std::vector<ProgramMetricSpec> specs)
      : specs_(std::move(specs)),
        writer_(*results::RunWriter::Create(folder_ / "run", Header(), 5)),
        sink_(specs_, *writer_, [] { return 1.5; }) {}

  MetricSink& sink() { return sink_; }
  const TempFolder& folder() const { return folder_; }
  results::RunRecord Record() {
    EXPECT_TRUE(writer_->Flush().ok());
    auto record = results::RecoverJournal(folder_ / "run");
    EXPECT_TRUE(record.ok()) << record.status();
    return *std::move(record);
  }

 private:
  static results::RunHeader Header() {
    results::RunHeader header;
    header.experiment = "test";
    header.definition_sha256 = std::string(64, 'a');
    return header;
  }

  TempFolder folder_;
  std::vector<ProgramMetricSpec> specs_;
  std::unique_ptr<results::RunWriter> writer_;
  MetricSink sink_;
};

}  // namespace bench::harness
