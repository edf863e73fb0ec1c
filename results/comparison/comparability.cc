#include "results/comparison/comparability.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "results/text.h"

namespace bench::results {
namespace {

std::string Show(const std::string& text) {
  return text.empty() ? "(none)" : EscapeForTerminal(text);
}
std::string Show(int64_t number) { return absl::StrCat(number); }
std::string Show(bool flag) { return flag ? "yes" : "no"; }

// Collects why runs must not be compared with a reference: the first run of the base.
class Reasons {
 public:
  explicit Reasons(const RunRecord& reference) : reference_(reference) {}

  // `where` says which run differs: "in the head".
  void Check(const RunRecord& run, const std::string& where) {
    where_ = where;
    run_ = &run;
    Same("stage", &RunHeader::stage);
    Same("definition hash", &RunHeader::definition_sha256);
    Same("changed by --set", &RunHeader::ad_hoc);
    Same("machine class", &RunHeader::machine_class);
    Same("device", &RunHeader::device);
    Same("number of threads", &RunHeader::threads);
    Same("number of processes", &RunHeader::world_size);
    Same("strict determinism", &RunHeader::strict);
    CheckInputs();
  }
  void Add(std::string reason) { reasons_.push_back(std::move(reason)); }
  std::vector<std::string> Take() { return std::move(reasons_); }

 private:
  template <typename T>
  void Same(std::string_view what, T RunHeader::*field) {
    Different(what, reference_.header.*field, run_->header.*field);
  }

  template <typename T>
  void Different(std::string_view what, const T& base, const T& other) {
    if (base == other) return;
    Add(absl::StrCat("the ", std::string(what), " differs: ", Show(base), " in the base, ",
                     Show(other), " ", where_));
  }

  void CheckInputs() {
    std::map<std::string, std::pair<std::string, std::string>> digests;
    for (const auto& [name, digest] : reference_.header.inputs) digests[name].first = digest;
    for (const auto& [name, digest] : run_->header.inputs) digests[name].second = digest;
    for (const auto& [name, pair] : digests) {
      Different(absl::StrCat("digest of the input ", EscapeForTerminal(name)), pair.first,
                pair.second);
    }
  }

  const RunRecord& reference_;
  const RunRecord* run_ = nullptr;
  std::string where_;
  std::vector<std::string> reasons_;
};

enum class Arm { kBase, kHead };

std::string NameOf(Arm arm) { return arm == Arm::kBase ? "base" : "head"; }

// "in the head", or of several runs "in the head's FILE".
std::string Where(Arm arm, const Group& group, const ResultsInput& run) {
  if (group.runs.size() == 1) return absl::StrCat("in the ", NameOf(arm));
  return absl::StrCat("in the ", NameOf(arm), "'s ", EscapeForTerminal(run.path));
}

void CheckArm(Arm arm, const Group& group, Reasons& reasons) {
  for (const ResultsInput& run : group.runs) {
    const RunStatus status = run.record.status;
    const bool may_be_judged =
        status == RunStatus::kComplete || (arm == Arm::kHead && status == RunStatus::kDiverged);
    if (!may_be_judged) {
      reasons.Add(absl::StrCat("the run ", Where(arm, group, run), " is ",
                               std::string(Name(status)), ", not complete"));
    }
    reasons.Check(run.record, Where(arm, group, run));
  }
}

std::multiset<int64_t> NumbersOf(const Group& group) {
  std::multiset<int64_t> numbers;
  for (const ResultsInput& run : group.runs) numbers.insert(run.record.header.replicate);
  return numbers;
}

bool AnyResumed(const Group& group) {
  return std::any_of(group.runs.begin(), group.runs.end(),
                     [](const ResultsInput& run) { return run.record.resumed(); });
}

std::vector<std::string> NotesOn(const Group& base, const Group& head) {
  std::vector<std::string> notes;
  const RunHeader& b = base.runs.front().record.header;
  const RunHeader& h = head.runs.front().record.header;
  if (b.experiment != h.experiment || b.version != h.version) {
    notes.emplace_back("the definitions have different names and equal content");
  }
  if (AnyResumed(base) || AnyResumed(head)) {
    notes.emplace_back("times of resumed runs are not judged");
  }
  if (NumbersOf(base) != NumbersOf(head)) {
    notes.emplace_back(
        "the arms have different replicate numbers: learning is judged on those of both");
  }
  return notes;
}

}  // namespace

Comparability CheckComparable(const Group& base, const Group& head) {
  Reasons reasons(base.runs.front().record);
  CheckArm(Arm::kBase, base, reasons);
  CheckArm(Arm::kHead, head, reasons);
  if (PairsOf(base, head).empty()) {
    reasons.Add("no replicate number (and so no seed) is in both arms");
  }
  return {reasons.Take(), NotesOn(base, head)};
}

}  // namespace bench::results
