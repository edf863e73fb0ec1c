#include "results/comparison/sweep_replicates.h"

#include <set>
#include <utility>
#include <variant>

#include "results/sweeps/sweep_record.h"
#include "results/table_cell.h"

namespace bench::results {
namespace {

RunRecord ReplicateOf(const RunRecord& record, const Sweep& sweep, int64_t index) {
  RunRecord replicate;
  replicate.header = record.header;
  replicate.header.replicate = sweep.first_replicate + index;
  replicate.status = record.status;
  replicate.attempts = record.attempts;
  replicate.resumed_from = record.resumed_from;
  replicate.attempt_facts = record.attempt_facts;
  replicate.notes = record.notes;
  for (const std::string& metric : sweep.metrics) {
    for (const SweepArm& arm : sweep.arms) {
      const ArmValues* values = sweep.Find(metric, arm.name);
      if (values == nullptr) continue;
      replicate.summary[ArmPath(metric, arm.name)] = {OfArm(values->metric, arm.name),
                                                      values->values[static_cast<size_t>(index)]};
    }
  }
  // Which runs its children are; of all replicates, since they are asked for together.
  const auto children = record.tables.find("children");
  if (children != record.tables.end()) replicate.tables["children"] = children->second;
  return replicate;
}

// The digests of the children's results files: a run that is made again starts at another time.
std::set<std::string> ChildrenOf(const Group& group) {
  std::set<std::string> digests;
  for (const ResultsInput& run : group.runs) {
    const auto table = run.record.tables.find("children");
    if (run.record.header.stage != kSweepStage || table == run.record.tables.end()) continue;
    for (const std::vector<Cell>& row : table->second.rows) {
      const auto* digest = CellOf<std::string>(table->second, row, "results_sha256");
      if (digest != nullptr) digests.insert(*digest);
    }
  }
  return digests;
}

std::set<std::string> ProgramsOf(const Group& group) {
  std::set<std::string> programs;
  for (const ResultsInput& run : group.runs) {
    const auto found = run.record.header.provenance.find(std::string(kProgramSha256));
    const auto* text = found == run.record.header.provenance.end()
                           ? nullptr
                           : std::get_if<std::string>(&found->second);
    programs.insert(text == nullptr ? "" : *text);
  }
  return programs;
}

}  // namespace

Group ByReplicate(const Group& group) {
  Group taken_apart{group.path, {}};
  for (const ResultsInput& run : group.runs) {
    const std::optional<Sweep> sweep = SweepOf(run.record);
    if (!sweep) {
      taken_apart.runs.push_back(run);
      continue;
    }
    for (int64_t i = 0; i < sweep->num_replicates; ++i) {
      taken_apart.runs.push_back({run.path, ReplicateOf(run.record, *sweep, i)});
    }
  }
  return taken_apart;
}

SharedChildren FindSharedChildren(const Group& base, const Group& head) {
  const std::set<std::string> of_base = ChildrenOf(base);
  const std::set<std::string> of_head = ChildrenOf(head);
  SharedChildren shared = {.num_shared = 0, .num_in_head = std::ssize(of_head)};
  for (const std::string& digest : of_head) shared.num_shared += of_base.contains(digest) ? 1 : 0;
  std::set<std::string> programs = ProgramsOf(base);
  programs.merge(ProgramsOf(head));
  shared.same_program = programs.size() == 1;
  return shared;
}

}  // namespace bench::results
