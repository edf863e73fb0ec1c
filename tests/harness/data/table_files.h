// Files that other programs wrote (make_table_golden.py), and what of them is read.
#pragma once

#include <string>
#include <vector>

#include "base/file.h"
#include "base/status.h"
#include "harness/data/instruction_records.h"

namespace bench::harness {

inline std::string TableFile(const std::string& name) {
  return std::string(BENCH_TEST_DATA) + "/harness/data/golden/tables/" + name;
}

inline absl::StatusOr<std::vector<SftExample>> ReadExamples(const std::string& path,
                                                            const ExampleOptions& options = {}) {
  std::vector<SftExample> examples;
  BENCH_RETURN_IF_ERROR(VisitExamples(path, options, [&](SftExample example, const std::string&) {
                          examples.push_back(std::move(example));
                          return absl::OkStatus();
                        }).status());
  return examples;
}

}  // namespace bench::harness
