#include "harness/run/geometry.h"

#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "harness/definition/load.h"
#include "harness/definition/violations.h"
#include "harness/model_io/decoder_artifact.h"
#include "harness/model_io/decoder_inputs.h"
#include "harness/run/experiment_graph.h"
#include "models/hf_folder.h"

namespace bench::harness {
namespace {

struct Initialised {
  ModelSpec* model = nullptr;
  const InitSpec* init = nullptr;
};

// Nulls for stages that train no decoder.
struct PartsOf {
  Initialised operator()(ClmSpec& s) const { return {&s.model, &s.init}; }
  Initialised operator()(SftSpec& s) const { return {&s.model, &s.init}; }
  Initialised operator()(RewardSpec& s) const { return {&s.model, &s.init}; }
  Initialised operator()(PpoSpec& s) const { return {&s.model, &s.init}; }
  template <typename Other>
  Initialised operator()(Other&) const {
    return {};
  }
};

class Completer {
 public:
  explicit Completer(const std::string& experiments_root) : root_(experiments_root) {}

  absl::Status Complete(Definition& definition) {
    const auto [model, init] = std::visit(PartsOf(), definition.stage);
    if (model == nullptr || init->weights == InitSource::kRandom) return absl::OkStatus();
    if (init->folder) {
      BENCH_ASSIGN_OR_RETURN(const auto config, models::ReadHfConfig(*init->folder));
      BENCH_ASSIGN_OR_RETURN(*model, CompletedBy(*model, ModelSpecOf(config), *init->folder));
    } else {
      BENCH_ASSIGN_OR_RETURN(const ModelSpec stored, OfArtifact(*init->artifact));
      BENCH_ASSIGN_OR_RETURN(*model, CompletedBy(*model, stored, ToString(*init->artifact)));
    }
    return CheckRules(definition);
  }

 private:
  absl::StatusOr<ModelSpec> OfArtifact(const ArtifactRef& artifact) {
    const std::string name = ToString(artifact);
    BENCH_RETURN_IF_ERROR(CheckNotOnPath(name, path_));
    BENCH_ASSIGN_OR_RETURN(LoadedDefinition loaded, LoadDefinition(name, {root_, {}}));
    BENCH_RETURN_IF_ERROR(CheckKind(InitialWeightsNeed(artifact), loaded.definition.kind()));
    path_.push_back(name);
    BENCH_RETURN_IF_ERROR(Complete(loaded.definition));
    path_.pop_back();
    return *std::visit(PartsOf(), loaded.definition.stage).model;
  }

  // Those that waited for the geometry.
  static absl::Status CheckRules(const Definition& definition) {
    std::vector<Violation> violations;
    Validate(definition, Violations(violations));
    if (violations.empty()) return absl::OkStatus();
    return UsageError(absl::StrCat(violations[0].path, ": ", violations[0].message));
  }

  const std::string& root_;
  std::vector<std::string> path_;  // of experiments that are being looked at
};

}  // namespace

absl::StatusOr<Definition> WithGeometry(const Definition& definition,
                                        const std::string& experiments_root) {
  Definition complete = definition;
  BENCH_RETURN_IF_ERROR(Completer(experiments_root).Complete(complete));
  return complete;
}

}  // namespace bench::harness
