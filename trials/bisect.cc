#include "trials/bisect.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <iterator>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "base/file.h"
#include "base/status.h"
#include "results/comparison/comparability.h"
#include "results/comparison/comparison.h"
#include "results/comparison/usable_times.h"
#include "results/statistics/bisect_posterior.h"
#include "results/statistics/level_look.h"
#include "results/text.h"
#include "trials/git.h"
#include "trials/search_state.h"

namespace bench::trials {
namespace {

using Clock = std::chrono::steady_clock;
using results::ResultsInput;

// A metric that needs more looks tells too little.
constexpr int64_t kMostLooks = 1000;
// Runs whose times are not usable are made again so often.
constexpr int kMostTries = 5;

absl::StatusOr<results::SummaryValue> ValueIn(const ResultsInput& run, const std::string& metric) {
  const auto found = run.record.summary.find(metric);
  if (found != run.record.summary.end()) return found->second;
  const auto path = [](std::string* out, const auto& entry) {
    absl::StrAppend(out, results::EscapeForTerminal(entry.first));
  };
  return UsageError(absl::StrCat("no metric ", results::EscapeForTerminal(metric), " in ", run.path,
                                 ", which has ", absl::StrJoin(run.record.summary, ", ", path)));
}

bool IsUsable(const results::RunRecord& run, const results::MetricInfo& metric) {
  return metric.kind != results::MetricKind::kTime || results::HasUsableTimes(run);
}

bool CountsAsChange(results::Verdict verdict) {
  return verdict == results::Verdict::kChanged || verdict == results::Verdict::kImproved ||
         verdict == results::Verdict::kRegressed;
}

const results::JudgedChange* RowOf(const results::Comparison& comparison,
                                   const std::string& metric) {
  for (const results::JudgedChange& row : comparison.rows) {
    if (row.change.metric.Path() == metric) return &row;
  }
  return nullptr;
}

// The ends of a search: a trial of the metric alone.
class EndsTrial {
 public:
  EndsTrial(const ArmProgram& good, const ArmProgram& bad, std::string metric,
            const TrialOptions& options)
      : good_(good), bad_(bad), metric_(std::move(metric)), options_(options) {
    options_.folder += "/ends";
    options_.compare.metrics = results::MetricSelection::OnlyPath(metric_);
    options_.decided = [this](const results::Comparison& comparison) {
      const results::JudgedChange* row = RowOf(comparison, metric_);
      return row != nullptr &&
             (CountsAsChange(row->verdict) || row->verdict == results::Verdict::kSame);
    };
  }

  // Fills the state where the ends are told apart; what was found otherwise.
  absl::StatusOr<BisectResult> Run(SearchState* state) {
    BENCH_ASSIGN_OR_RETURN(const TrialResult trial, RunTrial(good_, bad_, options_));
    BisectResult result;
    result.out_of_time = trial.out_of_time;
    BisectEnds& ends = result.ends;
    ends.not_comparable = trial.comparison.comparability.reasons;
    const results::JudgedChange* row = RowOf(trial.comparison, metric_);
    if (row == nullptr) return result;
    ends.units = row->change.metric.units;
    ends.verdict = std::string(results::Name(row->verdict));
    ends.good = row->change.base_centre.value_or(std::nan(""));
    ends.bad = row->change.head_centre.value_or(std::nan(""));
    BENCH_ASSIGN_OR_RETURN(std::vector<EndPair> pairs, Pairs(trial));
    ends.num_pairs = std::ssize(pairs);
    ends.told_apart = CountsAsChange(row->verdict) && !pairs.empty();
    if (!ends.told_apart) return result;
    BENCH_RETURN_IF_ERROR(state->SetEnds(ends, std::move(pairs), exact_));
    return result;
  }

 private:
  // Of runs that count. Of an exact metric a pair without a difference tells nothing.
  absl::StatusOr<std::vector<EndPair>> Pairs(const TrialResult& trial) {
    std::vector<EndPair> pairs;
    for (const auto& [good, bad] : results::PairsOf(trial.base, trial.head)) {
      BENCH_ASSIGN_OR_RETURN(const auto before, ValueIn({trial.base.path, *good}, metric_));
      BENCH_ASSIGN_OR_RETURN(const auto after, ValueIn({trial.head.path, *bad}, metric_));
      exact_ = exact_ && before.metric.deterministic && good->header.strict && bad->header.strict;
      if (!IsUsable(*good, before.metric) || !IsUsable(*bad, after.metric)) continue;
      if (!std::isfinite(before.value) || !std::isfinite(after.value)) continue;
      pairs.push_back({good->header.replicate, before.value, after.value});
    }
    if (exact_) {
      std::erase_if(pairs, [](const EndPair& pair) { return pair.good == pair.bad; });
    }
    return pairs;
  }

  const ArmProgram& good_;
  const ArmProgram& bad_;
  const std::string metric_;
  TrialOptions options_;
  bool exact_ = true;
};

class Search {
 public:
  Search(const BisectRange& range, std::string metric, const ProgramOfCommit& program_of,
         const TrialOptions& options)
      : range_(range),
        metric_(std::move(metric)),
        program_of_(program_of),
        options_(options),
        state_(options.folder) {}

  absl::StatusOr<BisectResult> Run() {
    BENCH_RETURN_IF_ERROR(state_.Load());
    BENCH_ASSIGN_OR_RETURN(good_, Build(range_.good));
    BENCH_ASSIGN_OR_RETURN(bad_, Build(range_.commits.back()));
    if (!state_.has_ends()) {
      BENCH_ASSIGN_OR_RETURN(BisectResult result,
                             EndsTrial(good_, bad_, metric_, options_).Run(&state_));
      if (!result.ends.told_apart) return result;
    }
    for (const EndPair& pair : state_.pairs()) differences_.push_back(pair.bad - pair.good);
    BENCH_ASSIGN_OR_RETURN(results::BisectPosterior posterior,
                           results::BisectPosterior::Create(range_.commits.size()));
    BENCH_RETURN_IF_ERROR(Replay(&posterior));
    BisectResult result;
    result.ends = state_.ends();
    BENCH_RETURN_IF_ERROR(Look(&posterior, &result));
    Conclude(posterior, &result);
    return result;
  }

 private:
  absl::StatusOr<ArmProgram> Build(const std::string& commit) {
    const Clock::time_point begin = Clock::now();
    absl::StatusOr<ArmProgram> program = program_of_(commit);
    building_s_ += SecondsSince(begin);
    return program;
  }

  absl::Status Replay(results::BisectPosterior* posterior) {
    for (const RecordedLook& look : state_.looks()) {
      const auto at = std::find(range_.commits.begin(), range_.commits.end(), look.commit);
      if (at == range_.commits.end()) {
        return DataError(options_.folder + "/search.json is of other commits");
      }
      const auto index = static_cast<std::size_t>(at - range_.commits.begin());
      BENCH_RETURN_IF_ERROR(Learn(index, look, posterior));
    }
    for (std::size_t i = 0; i + 1 < range_.commits.size(); ++i) {
      if (!state_.skipped().contains(range_.commits[i])) continue;
      BENCH_RETURN_IF_ERROR(LeaveAlone(i, posterior));
    }
    return absl::OkStatus();
  }

  absl::Status Look(results::BisectPosterior* posterior, BisectResult* result) {
    while (!Settled(*posterior) && std::ssize(state_.looks()) < kMostLooks) {
      const std::optional<std::size_t> next = posterior->Next();
      if (!next) break;
      result->out_of_time = OutOfTime();
      if (result->out_of_time) break;
      BENCH_RETURN_IF_ERROR(LookAt(*next, posterior));
    }
    return absl::OkStatus();
  }

  // Whether a commit has the confidence, together with those before it that cannot be looked at:
  // no look can tell these apart.
  bool Settled(const results::BisectPosterior& posterior) const {
    const std::vector<double> probabilities = posterior.Probabilities();
    double together = 0;
    for (std::size_t i = 0; i < probabilities.size(); ++i) {
      together += probabilities[i];
      if (left_alone_.contains(i)) continue;
      if (together >= kBisectConfidence) return true;
      together = 0;
    }
    return false;
  }

  // Before a look that would not end in time, as long as those so far took.
  bool OutOfTime() const {
    if (!options_.max_minutes) return false;
    const double elapsed_s = SecondsSince(begin_) - building_s_;
    const double look_s = num_new_looks_ == 0 ? 0 : looking_s_ / num_new_looks_;
    return elapsed_s + look_s > *options_.max_minutes * 60;
  }

  absl::Status LeaveAlone(std::size_t index, results::BisectPosterior* posterior) {
    left_alone_.insert(index);
    return posterior->Skip(index);
  }

  absl::Status LookAt(std::size_t index, results::BisectPosterior* posterior) {
    const std::string& commit = range_.commits[index];
    const int64_t num_before =
        std::count_if(state_.looks().begin(), state_.looks().end(),
                      [&](const RecordedLook& look) { return look.commit == commit; });
    const int64_t num_pairs = std::ssize(state_.pairs());
    // The same replicate of an exact metric gives the same number again.
    if (state_.exact() && num_before >= num_pairs) return LeaveAlone(index, posterior);
    const absl::StatusOr<ArmProgram> program = Build(commit);
    if (!program.ok()) return SkipOrFail(index, program.status(), posterior);
    const Clock::time_point begin = Clock::now();
    RecordedLook look = {commit, {}, num_before % num_pairs};
    BENCH_ASSIGN_OR_RETURN(const std::string unfit, RunLook(*program, &look));
    if (!unfit.empty()) return SkipCommit(index, unfit, posterior);
    BENCH_RETURN_IF_ERROR(Learn(index, look, posterior));
    BENCH_RETURN_IF_ERROR(state_.AddLook(look));
    looking_s_ += SecondsSince(begin);
    ++num_new_looks_;
    const results::Suspect suspect = posterior->MostProbable();
    options_.note(absl::StrFormat(
        "look %d at %s; most probable: %s (%.1f%%)", std::ssize(state_.looks()), ShortName(commit),
        ShortName(range_.commits[suspect.commit]), 100 * suspect.probability));
    return absl::OkStatus();
  }

  // Why the commit cannot be compared; "" once `look` has its values.
  absl::StatusOr<std::string> RunLook(const ArmProgram& program, RecordedLook* look) {
    for (int tries = 0; tries < kMostTries; ++tries) {
      bool usable = true;
      BENCH_ASSIGN_OR_RETURN(const std::string unfit, TryLook(program, look, &usable));
      if (!unfit.empty() || usable) return unfit;
    }
    return EnvironmentError(absl::StrCat("in ", kMostTries, " looks in a row a processor was ",
                                         "throttled or programs came from the disk"));
  }

  // Good, commit and bad follow each other, so that what changes at an even pace changes nothing.
  absl::StatusOr<std::string> TryLook(const ArmProgram& program, RecordedLook* look, bool* usable) {
    const EndPair& pair = state_.pairs()[static_cast<size_t>(look->pair)];
    look->values = {.good = pair.good, .commit = 0, .bad = pair.bad};
    const std::string folder = absl::StrFormat("%s/looks/%04d-%s", options_.folder,
                                               state_.looks().size() + 1, ShortName(look->commit));
    BENCH_RETURN_IF_ERROR(RemoveTree(folder));  // of a look that was cut short
    const auto run = [&](const ArmProgram& arm, const char* name) {
      return RunFresh(arm,
                      {absl::StrCat(folder, "/", name), pair.replicate,
                       absl::StrCat("replicate ", pair.replicate, " of ", arm.name)},
                      options_.cancelled);
    };
    const auto read = [&](const ResultsInput& left, double* value) -> absl::Status {
      BENCH_ASSIGN_OR_RETURN(const auto found, ValueIn(left, metric_));
      *usable = *usable && IsUsable(left.record, found.metric);
      *value = found.value;
      return absl::OkStatus();
    };
    if (!state_.exact()) {
      BENCH_ASSIGN_OR_RETURN(const ResultsInput good, run(good_, "good"));
      BENCH_RETURN_IF_ERROR(read(good, &look->values.good));
    }
    const absl::StatusOr<ResultsInput> left = run(program, "commit");
    if (IsProgramFailure(left.status())) return std::string(left.status().message());
    BENCH_RETURN_IF_ERROR(left.status());
    BENCH_ASSIGN_OR_RETURN(const std::string unfit, WhyUnfit(*left, pair));
    if (!unfit.empty()) return unfit;
    BENCH_RETURN_IF_ERROR(read(*left, &look->values.commit));
    if (!state_.exact()) {
      BENCH_ASSIGN_OR_RETURN(const ResultsInput bad, run(bad_, "bad"));
      BENCH_RETURN_IF_ERROR(read(bad, &look->values.bad));
    }
    return std::string();
  }

  // Beside a run of the good end; "" for a run that may be compared.
  absl::StatusOr<std::string> WhyUnfit(const ResultsInput& run, const EndPair& pair) const {
    BENCH_ASSIGN_OR_RETURN(
        const std::optional<ResultsInput> good,
        ReadComplete(absl::StrCat(options_.folder, "/ends/base/r", pair.replicate)));
    if (!good) return EnvironmentError("a run of the good commit is gone: name another folder");
    const results::RunHeader& there = good->record.header;
    const results::RunHeader& here = run.record.header;
    if (there.machine_class != here.machine_class || there.device != here.device) {
      return EnvironmentError(
          absl::StrCat("this search was begun on machine class ",
                       results::EscapeForTerminal(there.machine_class), ", this is ",
                       results::EscapeForTerminal(here.machine_class), ": name another folder"));
    }
    if (run.record.status == results::RunStatus::kDiverged) return std::string("it diverges");
    const results::Comparability may =
        results::CheckComparable({"the good commit", {*good}}, {"it", {run}});
    if (!may.reasons.empty()) return absl::StrCat("not comparable: ", may.reasons.front());
    const auto found = run.record.summary.find(metric_);
    if (found == run.record.summary.end()) return std::string("it does not measure the metric");
    return std::string(std::isfinite(found->second.value) ? "" : "its value is not finite");
  }

  absl::Status Learn(std::size_t index, const RecordedLook& look,
                     results::BisectPosterior* posterior) const {
    BENCH_ASSIGN_OR_RETURN(const results::Likelihoods told, Likelihood(look));
    return posterior->Look(index, told);
  }

  // An exact value that is one of its pair's is that commit's.
  absl::StatusOr<results::Likelihoods> Likelihood(const RecordedLook& look) const {
    constexpr double kSure = results::kMostEvidence / (1 + results::kMostEvidence);
    const auto& [good, commit, bad] = look.values;
    if (state_.exact() && commit == good) return results::Likelihoods{1 - kSure, kSure};
    if (state_.exact() && commit == bad) return results::Likelihoods{kSure, 1 - kSure};
    return results::LikelihoodsOf(look.values, differences_);
  }

  absl::Status SkipOrFail(std::size_t index, const absl::Status& status,
                          results::BisectPosterior* posterior) {
    if (options_.cancelled() || !IsProgramFailure(status)) return status;
    return SkipCommit(index, std::string(status.message()), posterior);
  }

  absl::Status SkipCommit(std::size_t index, const std::string& reason,
                          results::BisectPosterior* posterior) {
    const std::string& commit = range_.commits[index];
    options_.note(absl::StrCat("skipping ", ShortName(commit), ": ", reason));
    BENCH_RETURN_IF_ERROR(state_.Skip(commit, reason));
    return LeaveAlone(index, posterior);
  }

  // The fewest commits that have the confidence together.
  void Conclude(const results::BisectPosterior& posterior, BisectResult* result) const {
    result->num_looks = std::ssize(state_.looks());
    std::vector<BisectSuspect> all;
    const std::vector<double> probabilities = posterior.Probabilities();
    for (std::size_t i = 0; i < probabilities.size(); ++i) {
      all.push_back({range_.commits[i], probabilities[i]});
    }
    std::stable_sort(all.begin(), all.end(), [](const BisectSuspect& a, const BisectSuspect& b) {
      return a.probability > b.probability;
    });
    double sum = 0;
    for (const BisectSuspect& suspect : all) {
      if (sum >= kBisectConfidence) break;
      sum += suspect.probability;
      result->suspects.push_back(suspect);
    }
    for (const auto& [commit, reason] : state_.skipped()) {
      result->skipped.push_back({commit, reason});
    }
  }

  const BisectRange& range_;
  const std::string metric_;
  const ProgramOfCommit& program_of_;
  const TrialOptions& options_;
  const Clock::time_point begin_ = Clock::now();
  double building_s_ = 0;
  double looking_s_ = 0;
  int num_new_looks_ = 0;
  SearchState state_;
  ArmProgram good_, bad_;
  std::vector<double> differences_;
  std::set<std::size_t> left_alone_;  // what cannot be looked at
};

}  // namespace

bool BisectResult::found() const { return ends.told_apart && suspects.size() == 1; }

absl::StatusOr<BisectResult> Bisect(const BisectRange& range, const std::string& metric,
                                    const ProgramOfCommit& program_of,
                                    const TrialOptions& options) {
  return Search(range, metric, program_of, options).Run();
}

}  // namespace bench::trials
