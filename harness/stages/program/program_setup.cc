#include "harness/stages/program/program_setup.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "base/status.h"

namespace bench::harness {
namespace {

namespace fs = std::filesystem;

std::string VariableOf(const std::string& input) {
  std::string name = absl::StrCat("BENCH_INPUT_", input);
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) {
    return c == '-' ? '_' : static_cast<char>(std::toupper(c));
  });
  return name;
}

Placeholders PlaceholdersOf(const ProgramOccasion& occasion) {
  Placeholders values = {{"seed", absl::StrCat(ProgramSeed(occasion.seeds))},
                         {"replicate", absl::StrCat(occasion.seeds.replicate)},
                         {"run", occasion.folder},
                         {"artifact", occasion.artifact},
                         {"python", occasion.python},
                         {"programs", occasion.programs}};
  for (const auto& [name, path] : occasion.inputs) values["input." + name] = path;
  return values;
}

absl::StatusOr<std::map<std::string, std::string>> EnvironmentOf(const Definition& definition,
                                                                 const ProgramOccasion& occasion,
                                                                 const Placeholders& values) {
  const std::string threads = absl::StrCat(definition.run.threads);
  std::map<std::string, std::string> environment = {{"OMP_NUM_THREADS", threads},
                                                    {"PYTHONUNBUFFERED", "1"}};
  if (occasion.device == DeviceKind::kCpu) environment["CUDA_VISIBLE_DEVICES"] = "";
  for (const auto& [name, value] : occasion.environment) environment[name] = value;
  for (const std::string& entry : std::get<ProgramSpec>(definition.stage).environment) {
    const size_t equals = entry.find('=');
    BENCH_ASSIGN_OR_RETURN(environment[entry.substr(0, equals)],
                           FillIn(std::string_view(entry).substr(equals + 1), values));
  }
  environment["BENCH_METRICS"] = occasion.metrics_path;
  environment["BENCH_SEED"] = values.at("seed");
  environment["BENCH_REPLICATE"] = values.at("replicate");
  environment["BENCH_THREADS"] = threads;
  environment["BENCH_DEVICE"] = std::string(Name(occasion.device));
  environment["BENCH_RUN"] = occasion.folder;
  environment["BENCH_ARTIFACT"] = occasion.artifact;
  for (const auto& [name, path] : occasion.inputs) environment[VariableOf(name)] = path;
  return environment;
}

}  // namespace

std::string PathFrom(const std::string& folder, const std::string& path) {
  return (fs::path(folder) / path).lexically_normal().string();
}

ProgramPlaces PlacesOf(const Definition& definition) {
  const ProgramSpec& spec = std::get<ProgramSpec>(definition.stage);
  ProgramPlaces places;
  places.definition = fs::absolute(definition.folder.empty() ? "." : definition.folder).string();
  const char* checked_out = std::getenv("BENCH_PROGRAM_SOURCE");
  if (spec.source) {
    places.source = PathFrom(places.definition, checked_out ? checked_out : *spec.source);
  }
  places.working = PathFrom(places.source.value_or(places.definition), spec.folder);
  return places;
}

uint32_t ProgramSeed(const SeedSource& seeds) {
  return static_cast<uint32_t>(seeds.For(SeedPurpose::kSampling, "program") & 0x7fffffffU);
}

absl::StatusOr<ProgramPlan> PlanOf(const Definition& definition, const ProgramOccasion& occasion) {
  const ProgramSpec& spec = std::get<ProgramSpec>(definition.stage);
  const Placeholders values = PlaceholdersOf(occasion);
  ProgramPlan plan;
  for (const std::string& word : spec.command) {
    BENCH_ASSIGN_OR_RETURN(plan.command.argv.emplace_back(), FillIn(word, values));
  }
  plan.command.folder = PlacesOf(definition).working;
  BENCH_ASSIGN_OR_RETURN(plan.command.environment, EnvironmentOf(definition, occasion, values));
  plan.log_path = occasion.log_path;
  plan.metrics_path = occasion.metrics_path;
  for (const ReportSpec& report : spec.reports) {
    BENCH_ASSIGN_OR_RETURN(std::string path, FillIn(report.path, values));
    if (!path.empty()) path = PathFrom(plan.command.folder, path);
    if (path.empty() && report.format == ReportFormat::kJsonLines) path = plan.metrics_path;
    plan.reports.push_back({&report, path});
  }
  plan.timeout = std::chrono::seconds(spec.timeout_s);
  plan.grace = std::chrono::seconds(spec.grace_s);
  plan.steps = spec.steps;
  return plan;
}

}  // namespace bench::harness
