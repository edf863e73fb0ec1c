#include "results/comparison/sweep_replicates.h"

#include <map>
#include <optional>
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

std::string ProgramOf(const RunRecord& record) {
  const auto found = record.header.provenance.find(std::string(kProgramSha256));
  const auto* text =
      found == record.header.provenance.end() ? nullptr : std::get_if<std::string>(&found->second);
  return text == nullptr ? "" : *text;
}

// Calls `visit` with the sweep's record, its table of children and a row of it.
void ForEachChild(const Group& group, const auto& visit) {
  for (const ResultsInput& run : group.runs) {
    const auto table = run.record.tables.find("children");
    if (run.record.header.stage != kSweepStage || table == run.record.tables.end()) continue;
    for (const std::vector<Cell>& row : table->second.rows) visit(run.record, table->second, row);
  }
}

// By the digest of its results file, since a run that is made again starts at another time: whether
// another program than its sweep's made it.
std::map<std::string, bool> ChildrenOf(const Group& group) {
  std::map<std::string, bool> children;
  ForEachChild(group, [&](const RunRecord& sweep, const Table& table, const auto& row) {
    const auto* digest = CellOf<std::string>(table, row, "results_sha256");
    if (digest == nullptr) return;
    const auto* program = CellOf<std::string>(table, row, "program_sha256");
    const bool of_other = program != nullptr && *program != ProgramOf(sweep);
    children[*digest] = children[*digest] || of_other;
  });
  return children;
}

std::set<std::string> ProgramsOf(const Group& group) {
  std::set<std::string> programs;
  for (const ResultsInput& run : group.runs) programs.insert(ProgramOf(run.record));
  return programs;
}

using PointReplicate = std::pair<std::string, int64_t>;

std::map<PointReplicate, std::string> RecipesOf(const Group& group) {
  std::map<PointReplicate, std::string> recipes;
  ForEachChild(group, [&](const RunRecord&, const Table& table, const auto& row) {
    const auto* point = CellOf<std::string>(table, row, "arm");
    const auto* replicate = CellOf<int64_t>(table, row, "replicate");
    const auto* key = CellOf<std::string>(table, row, "recipe_key");
    if (point == nullptr || replicate == nullptr || key == nullptr) return;
    recipes.emplace(PointReplicate(*point, *replicate), *key);
  });
  return recipes;
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
  std::map<std::string, bool> children = ChildrenOf(base);
  const std::map<std::string, bool> of_head = ChildrenOf(head);
  SharedChildren shared = {.num_shared = 0, .num_in_head = std::ssize(of_head)};
  for (const auto& [digest, of_other] : of_head) {
    const auto [child, is_new] = children.emplace(digest, of_other);
    if (is_new) continue;
    ++shared.num_shared;
    child->second = child->second || of_other;
  }
  shared.num_children = std::ssize(children);
  for (const auto& [digest, of_other] : children) shared.num_of_other_programs += of_other ? 1 : 0;
  std::set<std::string> programs = ProgramsOf(base);
  programs.merge(ProgramsOf(head));
  shared.same_program = programs.size() == 1;
  return shared;
}

std::vector<std::string> PointsOfOtherRecipes(const Group& base, const Group& head) {
  const std::map<PointReplicate, std::string> of_base = RecipesOf(base);
  std::set<std::string> points;
  for (const auto& [child, key] : RecipesOf(head)) {
    const auto found = of_base.find(child);
    if (found != of_base.end() && found->second != key) points.insert(child.first);
  }
  return {points.begin(), points.end()};
}

}  // namespace bench::results
