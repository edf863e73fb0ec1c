// Prints the rows of a definition of stage "generated", for oracle_test.py.
//
// usage: rows_tool DEFINITION.toml THREADS
// A JSON object a line: the symbols and the statements (null: none), then each row of the parts
// train and validation.
#include <cstdint>
#include <iostream>
#include <string>
#include <variant>

#include "absl/strings/numbers.h"
#include "base/file.h"
#include "base/status.h"
#include "harness/definition/decode.h"
#include "harness/generated/row_source.h"
#include "nlohmann/json.hpp"

namespace bench::harness::generated {
namespace {

absl::Status Print(const std::string& path, int64_t num_threads) {
  BENCH_ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
  DecodeOptions options;
  options.label = path;
  BENCH_ASSIGN_OR_RETURN(const Definition definition, DecodeDefinition(text, options));
  const auto* spec = std::get_if<GeneratedSpec>(&definition.stage);
  if (spec == nullptr) return UsageError("no definition of stage \"generated\"");
  BENCH_ASSIGN_OR_RETURN(const RowSource source, RowSource::Create(*spec, definition.base_seed));
  nlohmann::json first = {{"symbols", source.grammar().symbols()}, {"statements", nullptr}};
  if (const auto space = source.grammar().Statements()) {
    first["statements"] = {{"true", space->true_statements}, {"exposures", space->exposures}};
    for (const TokenRange& place : space->places) {
      first["statements"]["places"].push_back(nlohmann::json::array({place.first, place.count}));
    }
  }
  std::cout << first << "\n";
  for (const Part part : {Part::kTrain, Part::kValidation}) {
    BENCH_ASSIGN_OR_RETURN(const std::vector<Row> rows,
                           source.Rows(part, 0, source.num_rows(part), num_threads));
    for (const Row& row : rows) {
      std::vector<int> marks;
      for (const TokenMark mark : row.marks) marks.push_back(static_cast<int>(mark));
      std::cout << nlohmann::json{{"part", std::string(Name(part))},
                                  {"tokens", row.tokens},
                                  {"marks", marks},
                                  {"group",
                                   source.grammar().groups()[static_cast<size_t>(row.group)]},
                                  {"key", row.key},
                                  {"nll", row.predictor_nll}}
                << "\n";
    }
  }
  return absl::OkStatus();
}

}  // namespace
}  // namespace bench::harness::generated

int main(int argc, char** argv) {
  int64_t num_threads = 0;
  if (argc != 3 || !absl::SimpleAtoi(argv[2], &num_threads) || num_threads < 1) {
    std::cerr << "usage: rows_tool DEFINITION.toml THREADS\n";
    return 2;
  }
  const absl::Status status = bench::harness::generated::Print(argv[1], num_threads);
  if (status.ok()) return 0;
  std::cerr << status << "\n";
  return 1;
}
