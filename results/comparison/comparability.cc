#include "results/comparison/comparability.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>
#include <variant>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "base/json.h"
#include "results/comparison/sweep_replicates.h"
#include "results/comparison/usable_times.h"
#include "results/text.h"

namespace bench::results {
namespace {

std::string Show(const std::string& text) {
  return text.empty() ? "(none)" : EscapeForTerminal(text);
}
std::string Show(int64_t number) { return absl::StrCat(number); }
std::string Show(bool flag) { return flag ? "yes" : "no"; }

// Leaves of a definition by their paths, "training.precision". One that is no JSON is a leaf.
std::map<std::string, std::string> LeavesOf(const RunHeader& header) {
  std::map<std::string, std::string> leaves;
  const auto json = ParseJsonObject(header.definition_json);
  if (!json.ok()) return {{"definition", header.definition_json}};
  const nlohmann::json flat = json->flatten();
  for (const auto& [pointer, value] : flat.items()) {
    if (pointer.empty()) continue;  // of an object without leaves
    leaves[absl::StrReplaceAll(pointer.substr(1), {{"/", "."}})] =
        value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  }
  return leaves;
}

bool Begins(const std::string& path, const std::string& key) {
  return path == key || absl::StartsWith(path, key + ".");
}

// The section of a definition that says where an input of this role comes from.
std::string SectionOf(const std::string& role) {
  if (role == "initial_weights") return "init";
  if (role == "dataset" || role == "validation_data" || role == "prompt_template") return "data";
  return role;
}

bool AskedFor(const AskedDifferences& asked, const std::string& path) {
  return asked.whole_definition ||
         std::any_of(asked.keys.begin(), asked.keys.end(),
                     [&](const std::string& key) { return Begins(path, key); });
}

bool AskedInSection(const AskedDifferences& asked, const std::string& section) {
  return asked.whole_definition ||
         std::any_of(asked.keys.begin(), asked.keys.end(),
                     [&](const std::string& key) { return Begins(key, section); });
}

// Collects why runs must not be compared with a reference, the first run of the base, and which
// differences were asked for.
class Reasons {
 public:
  Reasons(const RunRecord& reference, const AskedDifferences& asked)
      : reference_(reference), asked_(asked) {}

  // `where` says which run differs: "in the head". Only a head was asked to differ.
  void Check(const RunRecord& run, const std::string& where, bool may_differ) {
    where_ = where;
    run_ = &run;
    may_differ_ = may_differ;
    const bool definition = asked_.whole_definition || !asked_.keys.empty();
    Same("stage", &RunHeader::stage, asked_.whole_definition);
    const bool other_stage = run.header.stage != reference_.header.stage;
    if (may_differ && asked_.whole_definition && other_stage) {
      has_other_stage_ = true;  // another kind of definition, on inputs of its own
    } else if (may_differ && definition) {
      CheckDefinition();
    } else {
      Same("definition hash", &RunHeader::definition_sha256, false);
      Same("changed by --set", &RunHeader::ad_hoc, false);
    }
    Same("machine class", &RunHeader::machine_class, asked_.environment);
    Same("device", &RunHeader::device, asked_.device);
    Same("number of threads", &RunHeader::threads, asked_.ranks || AskedFor(asked_, "run.threads"));
    Same("number of processes", &RunHeader::world_size, asked_.ranks);
    Same("strict determinism", &RunHeader::strict, AskedInSection(asked_, "run"));
    if (!has_other_stage_) CheckInputs();
  }
  void Add(std::string reason) { reasons_.push_back(std::move(reason)); }
  std::vector<std::string> Take() { return std::move(reasons_); }
  // Each once, in the order of their texts.
  const std::set<std::string>& asked_for() const { return asked_for_; }
  // Whether a head is of another stage than the base, as was asked for.
  bool has_other_stage() const { return has_other_stage_; }

 private:
  template <typename T>
  void Same(std::string_view what, T RunHeader::*field, bool asked) {
    Different(what, reference_.header.*field, run_->header.*field, asked);
  }

  template <typename T>
  void Different(std::string_view what, const T& base, const T& other, bool asked) {
    if (base == other) return;
    const std::string name(what);
    if (asked && may_differ_) {
      asked_for_.insert(absl::StrCat("asked for: ", name, ": ", Show(base), " in the base, ",
                                     Show(other), " in the head"));
      return;
    }
    Add(absl::StrCat("the ", name, " differs: ", Show(base), " in the base, ", Show(other), " ",
                     where_));
  }

  void CheckDefinition() {
    std::map<std::string, std::pair<std::string, std::string>> fields;
    for (const auto& [path, value] : LeavesOf(reference_.header)) fields[path].first = value;
    for (const auto& [path, value] : LeavesOf(run_->header)) fields[path].second = value;
    for (const auto& [path, pair] : fields) {
      Different(absl::StrCat("field ", EscapeForTerminal(path)), pair.first, pair.second,
                AskedFor(asked_, path));
    }
  }

  void CheckInputs() {
    std::map<std::string, std::pair<std::string, std::string>> digests;
    for (const auto& [name, digest] : reference_.header.inputs) digests[name].first = digest;
    for (const auto& [name, digest] : run_->header.inputs) digests[name].second = digest;
    for (const auto& [name, pair] : digests) {
      Different(absl::StrCat("digest of the input ", EscapeForTerminal(name)), pair.first,
                pair.second, AskedInSection(asked_, SectionOf(name)));
    }
  }

  const RunRecord& reference_;
  const AskedDifferences& asked_;
  const RunRecord* run_ = nullptr;
  bool may_differ_ = false;
  bool has_other_stage_ = false;
  std::string where_;
  std::vector<std::string> reasons_;
  std::set<std::string> asked_for_;
};

enum class Arm { kBase, kHead };

std::string NameOf(Arm arm) { return arm == Arm::kBase ? "base" : "head"; }

// "in the head", or of several runs "in the head's FILE".
std::string Where(Arm arm, const Group& group, const ResultsInput& run) {
  if (group.runs.size() == 1) return absl::StrCat("in the ", NameOf(arm));
  return absl::StrCat("in the ", NameOf(arm), "'s ", EscapeForTerminal(run.path));
}

void CheckStatuses(Arm arm, const Group& group, Reasons& reasons) {
  for (const ResultsInput& run : group.runs) {
    const RunStatus status = run.record.status;
    const bool may_be_judged =
        status == RunStatus::kComplete || (arm == Arm::kHead && status == RunStatus::kDiverged);
    if (may_be_judged) continue;
    reasons.Add(absl::StrCat("the run ", Where(arm, group, run), " is ", std::string(Name(status)),
                             ", not complete"));
  }
}

// A copy of a run is no replicate.
void CheckCopies(Arm arm, const Group& group, Reasons& reasons) {
  std::map<std::pair<std::string, int64_t>, std::string> files;  // by run and machine time
  for (const ResultsInput& run : group.runs) {
    const auto started = run.record.header.provenance.find(std::string(kStartTimeUtc));
    if (started == run.record.header.provenance.end()) continue;
    const auto* time = std::get_if<std::string>(&started->second);
    if (time == nullptr) continue;
    const auto [first, is_new] =
        files.emplace(std::pair(*time, run.record.header.replicate), run.path);
    if (is_new) continue;
    reasons.Add(absl::StrCat(EscapeForTerminal(first->second), " and ", EscapeForTerminal(run.path),
                             ", both in the ", NameOf(arm), ", are one run"));
  }
}

void CheckArm(Arm arm, const Group& group, Reasons& reasons) {
  CheckStatuses(arm, group, reasons);
  CheckCopies(arm, group, reasons);
  for (const ResultsInput& run : group.runs) {
    reasons.Check(run.record, Where(arm, group, run), arm == Arm::kHead);
  }
}

// Runs of one arm are of one definition and machine, whatever arms were told to differ in.
std::vector<std::string> DifferencesWithin(const Group& head) {
  const AskedDifferences nothing;
  Reasons reasons(head.runs.front().record, nothing);
  for (const ResultsInput& run : head.runs) {
    reasons.Check(run.record, Where(Arm::kHead, head, run), /*may_differ=*/false);
  }
  return reasons.Take();
}

std::multiset<int64_t> NumbersOf(const Group& group) {
  std::multiset<int64_t> numbers;
  for (const ResultsInput& run : group.runs) numbers.insert(run.record.header.replicate);
  return numbers;
}

// "times of 2 resumed and 1 cold runs are not judged"
void AddUnusableTimes(const Group& base, const Group& head, std::vector<std::string>& notes) {
  std::map<std::string, int64_t> counts;
  int64_t total = 0;
  for (const Group* group : {&base, &head}) {
    for (const ResultsInput& run : group->runs) {
      const std::string_view why = WhyTimesAreUnusable(run.record);
      if (why.empty()) continue;
      ++counts[std::string(why)];
      ++total;
    }
  }
  if (total == 0) return;
  const auto part = [](std::string* out, const auto& count) {
    absl::StrAppend(out, count.second, " ", count.first);
  };
  notes.push_back(absl::StrCat("times of ", absl::StrJoin(counts, " and ", part),
                               total == 1 ? " run" : " runs", " are not judged"));
  if (NumDisturbed(head) > NumDisturbed(base) + kMoreDisturbed) {
    notes.push_back(absl::StrCat("no time is judged: ", NumDisturbed(head),
                                 " runs of the head were throttled or cold, ", NumDisturbed(base),
                                 " of the base, and the head may be what heats or swaps"));
  }
}

// What a sweep of another program found in the store says nothing about that program.
void CheckPrograms(const SharedChildren& children, Reasons& reasons) {
  if (children.same_program) return;
  if (children.num_of_other_programs > 0) {
    reasons.Add(absl::StrCat(children.num_of_other_programs, " of ", children.num_children,
                             " children were made by another program than their sweep: run the "
                             "sweeps with --set sweep.reuse=program"));
  } else if (children.num_shared > 0) {
    reasons.Add(absl::StrCat(
        children.num_shared, " of the ", children.num_in_head,
        " children of the head's sweeps are runs of the base's, found in the store, and other "
        "programs made the sweeps: run them with --set sweep.reuse=program"));
  }
}

// The inputs of a sweep are definitions; those of its children may be other data under one name.
void CheckRecipes(const Group& base, const Group& head, const AskedDifferences& asked,
                  Reasons& reasons) {
  if (asked.whole_definition || !asked.keys.empty()) return;
  const std::vector<std::string> points = PointsOfOtherRecipes(base, head);
  if (points.empty()) return;
  reasons.Add(absl::StrCat("the children of arm ", EscapeForTerminal(absl::StrJoin(points, ", ")),
                           " have other inputs or settings in the head"));
}

void AddChildren(const Group& base, const Group& head, std::vector<std::string>& notes) {
  const SharedChildren children = FindSharedChildren(base, head);
  if (!children.same_program) return;
  if (children.num_shared > 0) {
    notes.push_back(absl::StrCat(children.num_shared, " of the ", children.num_in_head,
                                 " children of the head's sweeps are runs of the base's, found in "
                                 "the store"));
  }
  if (children.num_of_other_programs > 0) {
    notes.push_back(absl::StrCat(children.num_of_other_programs, " of ", children.num_children,
                                 " children were found in the store, made by another program than "
                                 "their sweep"));
  }
}

std::vector<std::string> NotesOn(const Group& base, const Group& head) {
  std::vector<std::string> notes;
  const RunHeader& b = base.runs.front().record.header;
  const RunHeader& h = head.runs.front().record.header;
  if (b.definition_sha256 == h.definition_sha256 &&
      (b.experiment != h.experiment || b.version != h.version)) {
    notes.emplace_back("the definitions have different names and equal content");
  }
  AddUnusableTimes(base, head, notes);
  AddChildren(base, head, notes);
  if (NumbersOf(base) != NumbersOf(head)) {
    notes.emplace_back(
        "the arms have different replicate numbers: learning is judged on those of both");
  }
  return notes;
}

}  // namespace

Comparability CheckComparable(const Group& base, const Group& head, const AskedDifferences& asked) {
  Reasons reasons(base.runs.front().record, asked);
  CheckArm(Arm::kBase, base, reasons);
  CheckArm(Arm::kHead, head, reasons);
  CheckPrograms(FindSharedChildren(base, head), reasons);
  CheckRecipes(base, head, asked, reasons);
  if (PairsOf(base, head).empty()) {
    reasons.Add("no replicate number (and so no seed) is in both arms");
  }
  Comparability comparability = {reasons.Take(), NotesOn(base, head)};
  if (!asked.none()) {
    for (std::string& reason : DifferencesWithin(head)) {
      comparability.reasons.push_back(std::move(reason));
    }
  }
  if (reasons.has_other_stage()) {
    comparability.side_by_side = comparability.reasons.empty();
    comparability.reasons.emplace_back(
        "the arms are experiments of different stages: what both measure stands side by side, and "
        "nothing is judged");
  }
  std::vector<std::string>& notes = comparability.notes;
  notes.insert(notes.end(), reasons.asked_for().begin(), reasons.asked_for().end());
  for (const std::string& other : asked.others) {
    notes.push_back(absl::StrCat("asked for: ", EscapeForTerminal(other)));
  }
  return comparability;
}

}  // namespace bench::results
