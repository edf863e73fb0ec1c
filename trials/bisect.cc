#include "trials/bisect.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "base/file.h"
#include "base/json.h"
#include "base/status.h"
#include "nlohmann/json.hpp"
#include "results/statistics/bisect_posterior.h"
#include "results/statistics/level_look.h"
#include "results/text.h"
#include "trials/git.h"

namespace bench::trials {
namespace {

using Clock = std::chrono::steady_clock;
using Json = nlohmann::json;
using results::ResultsInput;

// A metric that needs more looks tells too little.
constexpr int64_t kMostLooks = 1000;

absl::StatusOr<double> ValueIn(const ResultsInput& run, const std::string& metric) {
  const auto found = run.record.summary.find(metric);
  if (found != run.record.summary.end()) return found->second.value;
  const auto path = [](std::string* out, const auto& entry) {
    absl::StrAppend(out, results::EscapeForTerminal(entry.first));
  };
  return UsageError(absl::StrCat("no metric ", results::EscapeForTerminal(metric), " in ", run.path,
                                 ", which has ", absl::StrJoin(run.record.summary, ", ", path)));
}

bool RepeatsToTheBit(const ResultsInput& run, const std::string& metric) {
  const auto found = run.record.summary.find(metric);
  return found != run.record.summary.end() && found->second.metric.deterministic &&
         run.record.header.strict;
}

// What cannot be built or run, kept between calls: building it again would take as long.
class SkippedFile {
 public:
  explicit SkippedFile(const std::string& folder) : path_(folder + "/skipped.json") {}

  absl::Status Load() {
    if (!Exists(path_)) return absl::OkStatus();
    BENCH_ASSIGN_OR_RETURN(const std::string text, ReadFile(path_));
    BENCH_ASSIGN_OR_RETURN(const Json json, ParseJsonObject(text, path_));
    for (const auto& [commit, reason] : json.items()) {
      BENCH_ASSIGN_OR_RETURN(reasons_[commit], JsonMember<std::string>(json, commit.c_str()));
    }
    return absl::OkStatus();
  }
  absl::Status Add(const std::string& commit, const std::string& reason) {
    reasons_[commit] = reason;
    return PublishFile(path_, Json(reasons_).dump(2, ' ', false, Json::error_handler_t::replace));
  }
  const std::map<std::string, std::string>& reasons() const { return reasons_; }

 private:
  std::string path_;
  std::map<std::string, std::string> reasons_;
};

class Search {
 public:
  Search(const BisectRange& range, std::string metric, const ProgramOfCommit& program_of,
         const TrialOptions& options)
      : range_(range),
        metric_(std::move(metric)),
        program_of_(program_of),
        options_(options),
        skipped_(options.folder) {}

  absl::StatusOr<BisectResult> Run() {
    BENCH_RETURN_IF_ERROR(skipped_.Load());
    BENCH_ASSIGN_OR_RETURN(good_, program_of_(range_.good));
    BENCH_ASSIGN_OR_RETURN(bad_, program_of_(range_.commits.back()));
    BENCH_ASSIGN_OR_RETURN(BisectResult result, TellEndsApart());
    if (!result.told_apart) return result;
    BENCH_ASSIGN_OR_RETURN(results::BisectPosterior posterior,
                           results::BisectPosterior::Create(range_.commits.size()));
    BENCH_RETURN_IF_ERROR(Skip(&posterior));
    while (!Decided(posterior) && result.num_looks < kMostLooks) {
      const std::optional<std::size_t> next = posterior.Next();
      if (!next) break;
      if (OutOfTime()) {
        result.out_of_time = true;
        break;
      }
      BENCH_ASSIGN_OR_RETURN(const bool looked, LookAt(*next, result.num_looks, &posterior));
      result.num_looks += looked ? 1 : 0;
    }
    Conclude(posterior, &result);
    return result;
  }

 private:
  static bool Decided(const results::BisectPosterior& posterior) {
    return posterior.MostProbable().probability >= kBisectConfidence;
  }

  bool OutOfTime() const {
    if (!options_.max_minutes) return false;
    return std::chrono::duration<double>(Clock::now() - begin_).count() >
           *options_.max_minutes * 60;
  }

  absl::StatusOr<BisectResult> TellEndsApart() {
    TrialOptions options = options_;
    options.folder = options_.folder + "/ends";
    options.compare.metrics = results::MetricSelection({metric_});
    options.compare.policy.require = results::Requirement::kSame;
    BENCH_ASSIGN_OR_RETURN(TrialResult trial, RunTrial(good_, bad_, options));
    BisectResult result;
    result.out_of_time = trial.out_of_time;
    result.told_apart = std::any_of(trial.comparison.rows.begin(), trial.comparison.rows.end(),
                                    [&](const results::JudgedChange& row) {
                                      return row.change.metric.Path() == metric_ &&
                                             (row.verdict == results::Verdict::kChanged ||
                                              row.verdict == results::Verdict::kImproved ||
                                              row.verdict == results::Verdict::kRegressed);
                                    });
    result.ends = std::move(trial.comparison);
    if (!result.told_apart) return result;
    for (const auto& [good, bad] : results::PairsOf(trial.base, trial.head)) {
      const ResultsInput good_run = {trial.base.path, *good};
      const ResultsInput bad_run = {trial.head.path, *bad};
      BENCH_ASSIGN_OR_RETURN(const double before, ValueIn(good_run, metric_));
      BENCH_ASSIGN_OR_RETURN(const double after, ValueIn(bad_run, metric_));
      pairs_.emplace_back(before, after);
      differences_.push_back(after - before);
      exact_ = exact_ && RepeatsToTheBit(good_run, metric_) && RepeatsToTheBit(bad_run, metric_);
    }
    return result;
  }

  absl::Status Skip(results::BisectPosterior* posterior) const {
    for (std::size_t i = 0; i + 1 < range_.commits.size(); ++i) {
      if (!skipped_.reasons().contains(range_.commits[i])) continue;
      BENCH_RETURN_IF_ERROR(posterior->Skip(i));
    }
    return absl::OkStatus();
  }

  // False where the commit had to be skipped.
  absl::StatusOr<bool> LookAt(std::size_t index, int64_t number,
                              results::BisectPosterior* posterior) {
    const std::string& commit = range_.commits[index];
    const absl::StatusOr<ArmProgram> program = program_of_(commit);
    if (!program.ok()) return SkipCommit(index, program.status(), posterior);
    const std::string folder =
        absl::StrFormat("%s/looks/%04d-%s", options_.folder, number, ShortName(commit));
    const int64_t replicate = number % static_cast<int64_t>(pairs_.size());
    const absl::StatusOr<double> value = ValueOf(*program, folder, "commit", replicate);
    if (!value.ok()) return SkipCommit(index, value.status(), posterior);
    results::SideBySide look = {.good = pairs_[static_cast<std::size_t>(replicate)].first,
                                .commit = *value,
                                .bad = pairs_[static_cast<std::size_t>(replicate)].second};
    if (!exact_) {
      BENCH_ASSIGN_OR_RETURN(look.good, ValueOf(good_, folder, "good", replicate));
      BENCH_ASSIGN_OR_RETURN(look.bad, ValueOf(bad_, folder, "bad", replicate));
    }
    BENCH_ASSIGN_OR_RETURN(const results::Likelihoods told,
                           results::LikelihoodsOf(look, differences_));
    BENCH_RETURN_IF_ERROR(posterior->Look(index, told));
    const results::Suspect suspect = posterior->MostProbable();
    options_.note(
        absl::StrFormat("look %d at %s: %s; most probable %s (%.1f%%)", number + 1,
                        ShortName(commit), told.at_or_before > told.after ? "changed" : "not yet",
                        ShortName(range_.commits[suspect.commit]), 100 * suspect.probability));
    return true;
  }

  // A program that fails in the middle of a search is the commit's; when the user ends the search
  // it is not.
  absl::StatusOr<bool> SkipCommit(std::size_t index, const absl::Status& status,
                                  results::BisectPosterior* posterior) {
    if (options_.cancelled()) return status;
    const std::string& commit = range_.commits[index];
    const std::string reason(status.message());
    options_.note(absl::StrCat("skipping ", ShortName(commit), ": ", reason));
    BENCH_RETURN_IF_ERROR(skipped_.Add(commit, reason));
    BENCH_RETURN_IF_ERROR(posterior->Skip(index));
    return false;
  }

  absl::StatusOr<double> ValueOf(const ArmProgram& program, const std::string& folder,
                                 const std::string& name, int64_t replicate) const {
    const FreshRun fresh = {absl::StrCat(folder, "/", name), replicate,
                            absl::StrCat("replicate ", replicate, " of ", program.name)};
    BENCH_ASSIGN_OR_RETURN(std::optional<ResultsInput> left, ReadComplete(fresh.folder));
    if (!left) {
      BENCH_ASSIGN_OR_RETURN(left, RunFresh(program, fresh, options_.cancelled));
    }
    return ValueIn(*left, metric_);
  }

  void Conclude(const results::BisectPosterior& posterior, BisectResult* result) const {
    const std::vector<double> probabilities = posterior.Probabilities();
    std::vector<BisectSuspect> all;
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
    for (const auto& [commit, reason] : skipped_.reasons()) {
      result->skipped.push_back({commit, reason});
    }
  }

  const BisectRange& range_;
  const std::string metric_;
  const ProgramOfCommit& program_of_;
  const TrialOptions& options_;
  const Clock::time_point begin_ = Clock::now();
  SkippedFile skipped_;
  ArmProgram good_, bad_;
  std::vector<std::pair<double, double>> pairs_;  // of the ends
  std::vector<double> differences_;
  bool exact_ = true;
};

}  // namespace

bool BisectResult::found() const { return told_apart && suspects.size() == 1; }

absl::StatusOr<BisectResult> Bisect(const BisectRange& range, const std::string& metric,
                                    const ProgramOfCommit& program_of,
                                    const TrialOptions& options) {
  return Search(range, metric, program_of, options).Run();
}

}  // namespace bench::trials
