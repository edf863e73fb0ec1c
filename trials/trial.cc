#include "trials/trial.h"

#include <chrono>
#include <random>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/file.h"
#include "base/json.h"
#include "base/sha256.h"
#include "base/status.h"
#include "nlohmann/json.hpp"
#include "results/comparison/group.h"
#include "results/text.h"
#include "trials/claimed_folder.h"
#include "trials/looks.h"
#include "trials/schedule.h"

namespace bench::trials {
namespace {

using Clock = std::chrono::steady_clock;
using Json = nlohmann::json;

// What a trial remembers beside its runs.
struct TrialState {
  int64_t seed = 0;  // of the order of its runs
  // Of the planned errors, what is left after looks that were not planned, the last of them at so
  // many replicates.
  double share_left = 1;
  int64_t unplanned_look = 0;
};

class StateFile {
 public:
  explicit StateFile(const std::string& folder) : path_(folder + "/state.json") {}

  absl::StatusOr<TrialState> Load() const {
    if (!Exists(path_)) {
      std::random_device device;
      const TrialState fresh = {static_cast<int64_t>(device())};
      BENCH_RETURN_IF_ERROR(Save(fresh));
      return fresh;
    }
    BENCH_ASSIGN_OR_RETURN(const std::string text, ReadFile(path_));
    BENCH_ASSIGN_OR_RETURN(const Json json, ParseJsonObject(text, path_));
    TrialState state;
    BENCH_ASSIGN_OR_RETURN(state.seed, JsonMember<int64_t>(json, "seed"));
    BENCH_ASSIGN_OR_RETURN(state.share_left, JsonMember<double>(json, "share_left"));
    BENCH_ASSIGN_OR_RETURN(state.unplanned_look, JsonMember<int64_t>(json, "unplanned_look"));
    return state;
  }
  absl::Status Save(const TrialState& state) const {
    const Json json = {{"seed", state.seed},
                       {"share_left", state.share_left},
                       {"unplanned_look", state.unplanned_look}};
    return PublishFile(path_, json.dump(2) + "\n");
  }

 private:
  std::string path_;
};

std::string SideName(Side side) { return side == Side::kBase ? "base" : "head"; }

// Absent where it was not recorded.
std::optional<results::Attribute> ProgramDigestOf(const results::ResultsInput& run) {
  const auto& provenance = run.record.header.provenance;
  const auto found = provenance.find(std::string(results::kProgramSha256));
  return found == provenance.end() ? std::nullopt : std::optional(found->second);
}

class Trial {
 public:
  Trial(const ArmProgram& base, const ArmProgram& head, const TrialOptions& options,
        ClaimedFolder folder)
      : base_(base),
        head_(head),
        options_(options),
        folder_(std::move(folder)),
        state_file_(folder_.path()),
        base_group_{base.name, {}},
        head_group_{head.name, {}} {}

  absl::StatusOr<TrialResult> Run() {
    BENCH_ASSIGN_OR_RETURN(state_, state_file_.Load());
    BENCH_ASSIGN_OR_RETURN(looks_, PlanLooks(options_.replicates, options_.compare.significance));
    auto next_look = looks_.begin();
    std::vector<PlannedRun> block;
    for (const PlannedRun& run :
         PlanRuns(options_.replicates, static_cast<uint64_t>(state_.seed))) {
      block.push_back(run);
      // Blocks are whole: half of one would favour an arm.
      if (block.size() < 4 && run.replicate + 1 < options_.replicates) continue;
      if (block.size() % 2 != 0) continue;
      if (OutOfTime()) return UnplannedLook();
      BENCH_RETURN_IF_ERROR(RunBlock(block));
      const bool is_first = block.front().replicate == 0;
      block.clear();
      if (is_first) {
        BENCH_ASSIGN_OR_RETURN(std::optional<TrialResult> hopeless, LookForObstacles());
        if (hopeless) return *std::move(hopeless);
      }
      if (done_ < next_look->replicates) continue;
      BENCH_ASSIGN_OR_RETURN(results::Comparison comparison,
                             Compare(next_look->errors.OfLook(state_.share_left)));
      const bool decided = options_.decided ? options_.decided(comparison)
                                            : comparison.outcome() != results::Outcome::kNotShown;
      ++next_look;
      if (decided || next_look == looks_.end()) {
        return Result(std::move(comparison), false);
      }
    }
    return EnvironmentError("a comparison of no replicates");
  }

 private:
  const ArmProgram& ProgramOf(Side side) const { return side == Side::kBase ? base_ : head_; }
  results::Group& GroupOf(Side side) { return side == Side::kBase ? base_group_ : head_group_; }
  std::string ArmPath(Side side) const { return absl::StrCat(folder_.path(), "/", SideName(side)); }
  std::string RunPath(Side side, int64_t replicate) const {
    return absl::StrCat(ArmPath(side), "/r", replicate);
  }

  // Before a block that would not end in time, as long as the blocks so far took. The first one
  // that is left to run is run.
  bool OutOfTime() const {
    if (!options_.max_minutes || measured_blocks_ == 0) return false;
    const double elapsed_s = SecondsSince(begin_);
    return elapsed_s + elapsed_s / measured_blocks_ > *options_.max_minutes * 60;
  }

  absl::Status RunBlock(const std::vector<PlannedRun>& block) {
    bool ran = false;
    for (const PlannedRun& run : block) {
      BENCH_ASSIGN_OR_RETURN(std::optional<results::ResultsInput> left,
                             ReadComplete(RunPath(run.side, run.replicate)));
      if (!left) {
        BENCH_ASSIGN_OR_RETURN(left, RunOne(run));
        ran = true;
      }
      BENCH_RETURN_IF_ERROR(Keep(run.side, *std::move(left)));
    }
    measured_blocks_ += ran ? 1 : 0;
    done_ = block.back().replicate + 1;
    return absl::OkStatus();
  }

  absl::StatusOr<results::ResultsInput> RunOne(const PlannedRun& run) {
    const FreshRun fresh = {RunPath(run.side, run.replicate), run.replicate,
                            absl::StrCat(SideName(run.side), " replicate ", run.replicate)};
    const Clock::time_point begin = Clock::now();
    BENCH_ASSIGN_OR_RETURN(results::ResultsInput left,
                           RunFresh(ProgramOf(run.side), fresh, options_.cancelled));
    options_.note(
        absl::StrFormat("%s of %d: %.1f s", fresh.name, options_.replicates, SecondsSince(begin)));
    return left;
  }

  // Among the arm's runs, which are of one program.
  absl::Status Keep(Side side, results::ResultsInput run) {
    std::vector<results::ResultsInput>& runs = GroupOf(side).runs;
    runs.push_back(std::move(run));
    if (ProgramDigestOf(runs.front()) == ProgramDigestOf(runs.back())) return absl::OkStatus();
    return EnvironmentError(absl::StrCat("the program of the ", SideName(side),
                                         " changed while it was compared: name another folder"));
  }

  absl::StatusOr<results::Comparison> Compare(const results::Significance& errors) const {
    results::CompareOptions compare = options_.compare;
    compare.significance = errors;
    return results::Compare(base_group_, head_group_, compare);
  }

  // At the end: the groups go with it.
  TrialResult Result(results::Comparison comparison, bool out_of_time) {
    return {std::move(comparison), std::move(base_group_), std::move(head_group_), done_,
            out_of_time};
  }

  // What no number of replicates would change is said after the first block.
  absl::StatusOr<std::optional<TrialResult>> LookForObstacles() {
    BENCH_ASSIGN_OR_RETURN(results::Comparison comparison, Compare(options_.compare.significance));
    const results::Comparability& comparability = comparison.comparability;
    const bool impossible =
        (!comparability.reasons.empty() && !comparability.side_by_side) ||
        (options_.compare.policy.require == results::Requirement::kBitwise && !comparison.bitwise);
    if (!impossible) return std::nullopt;
    return Result(std::move(comparison), false);
  }

  absl::StatusOr<TrialResult> UnplannedLook() {
    if (state_.unplanned_look != done_) {
      state_.unplanned_look = done_;
      state_.share_left /= 2;
      BENCH_RETURN_IF_ERROR(state_file_.Save(state_));
    }
    const results::Significance left = ErrorsLeft(looks_, done_, options_.compare.significance);
    BENCH_ASSIGN_OR_RETURN(results::Comparison comparison, Compare(left.OfLook(state_.share_left)));
    return Result(std::move(comparison), true);
  }

  const ArmProgram& base_;
  const ArmProgram& head_;
  const TrialOptions& options_;
  const ClaimedFolder folder_;
  const StateFile state_file_;
  const Clock::time_point begin_ = Clock::now();
  results::Group base_group_;  // the runs of whole blocks
  results::Group head_group_;
  TrialState state_;
  std::vector<PlannedLook> looks_;
  int64_t done_ = 0;            // replicates of both arms
  double measured_blocks_ = 0;  // that were run now
};

absl::StatusOr<Json> DescriptionOf(const ArmProgram& arm) {
  BENCH_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(arm.command.front()));
  return Json{{"arm", results::ValidUtf8(arm.name)}, {"program_sha256", Sha256Hex(bytes)}};
}

}  // namespace

absl::StatusOr<TrialResult> RunTrial(const ArmProgram& base, const ArmProgram& head,
                                     const TrialOptions& options) {
  BENCH_ASSIGN_OR_RETURN(const Json base_json, DescriptionOf(base));
  BENCH_ASSIGN_OR_RETURN(const Json head_json, DescriptionOf(head));
  const Json description = {{"format", "bench-trial"},
                            {"format_version", 1},
                            {"base", base_json},
                            {"head", head_json},
                            {"replicates", options.replicates}};
  BENCH_ASSIGN_OR_RETURN(ClaimedFolder folder,
                         ClaimedFolder::Claim(options.folder, "trial.json", description));
  return Trial(base, head, options, std::move(folder)).Run();
}

}  // namespace bench::trials
