#include "harness/data/alpaca.h"

#include <array>
#include <utility>

#include "base/status.h"

namespace bench::harness {
namespace {

constexpr std::array<FieldRule, 4> kFields = {{{"instruction", FieldPresence::kRequiredNotEmpty},
                                               {"input", FieldPresence::kOptional},
                                               {"output", FieldPresence::kRequired},
                                               {"task", FieldPresence::kOptional}}};

}  // namespace

absl::StatusOr<AlpacaReport> VisitAlpaca(const std::string& path, const AlpacaOptions& options,
                                         const ExampleVisitor& visit) {
  return VisitAlpaca(path, options, [&visit](SftExample example, const std::string&) {
    return visit(std::move(example));
  });
}

absl::StatusOr<AlpacaReport> VisitAlpaca(const std::string& path, const AlpacaOptions& options,
                                         const LocatedExampleVisitor& visit) {
  return VisitRecords(path, kFields, options, [&visit](StringRecord record) {
    std::vector<std::string>& f = record.fields;
    return visit({std::move(f[0]), std::move(f[1]), std::move(f[2]), std::move(f[3])},
                 record.where);
  });
}

absl::StatusOr<AlpacaData> ReadAlpaca(const std::string& path, const AlpacaOptions& options) {
  AlpacaData data;
  BENCH_ASSIGN_OR_RETURN(data.report, VisitAlpaca(path, options, [&](SftExample example) {
                           data.examples.push_back(std::move(example));
                           return absl::OkStatus();
                         }));
  return data;
}

std::string AlpacaLine(const SftExample& example) {
  nlohmann::ordered_json line;
  line["instruction"] = example.instruction;
  line["input"] = example.input;
  line["output"] = example.output;
  if (!example.task.empty()) line["task"] = example.task;
  return line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

std::string AlpacaLines(const std::vector<SftExample>& examples) {
  std::string lines;
  for (const SftExample& example : examples) lines += AlpacaLine(example) + "\n";
  return lines;
}

}  // namespace bench::harness
