#include "harness/run/run_header.h"

#include "absl/strings/str_cat.h"
#include "base/sha256.h"
#include "base/status.h"
#include "harness/measurement/machine_class.h"
#include "harness/measurement/torch_versions.h"
#include "harness/plan/planned_models.h"

namespace bench::harness {
namespace {

using results::RunHeader;

std::string RunId(const RunHeader& header, const BuiltSource& source) {
  const SourceState& state = source.state;
  return Sha256Hex(absl::StrCat(
      "bench-run\n", header.recipe_key, "\n", state.commit.value_or("unknown"), "\n",
      state.diff ? Sha256Hex(*state.diff) : "unknown", "\n", header.machine_class, "\n",
      header.device, "\n", header.world_size, "\n", header.threads, "\n", header.replicate, "\n",
      source.changed_in_build.value_or(false) ? "changed in build\n" : ""));
}

}  // namespace

RunHeader MakeHeader(const HeaderFacts& facts) {
  const Definition& definition = facts.loaded.definition;
  const ProvenanceFacts& provenance = facts.provenance;
  RunHeader header;
  header.experiment = facts.loaded.name;
  header.version = facts.loaded.version;
  header.stage = std::string(Name(definition.kind()));
  header.definition_sha256 = facts.loaded.sha256;
  header.recipe_key = RecipeKey(facts.loaded.sha256, facts.inputs);
  header.replicate = facts.replicate;
  header.ad_hoc = facts.loaded.ad_hoc;
  header.strict = ClaimsStrict(definition);
  header.machine_class =
      MachineClass(TraitsOf(provenance.host, provenance.gpus, provenance.environment));
  header.device = std::string(Name(facts.device));
  header.threads = facts.threads;
  header.world_size = facts.num_ranks;
  header.definition_toml = facts.loaded.toml;
  header.definition_json = facts.loaded.canonical_json;
  header.inputs = facts.inputs;
  header.provenance = ToAttributes(provenance);
  header.provenance.merge(TorchVersions());
  header.provenance["base_seed"] = definition.base_seed;
  if (const auto stage = TrainedStageOf(definition); stage.ok()) {
    header.provenance["model_geometry"] = GeometryJson(*stage->model);
  }
  if (facts.program_sha256) {
    header.provenance[std::string(results::kProgramSha256)] = *facts.program_sha256;
  }
  header.run_id = RunId(header, provenance.source);
  return header;
}

}  // namespace bench::harness
