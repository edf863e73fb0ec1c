#include "harness/run/options.h"

#include <cstdlib>
#include <string_view>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/status.h"
#include "harness/definition/enum_names.h"
#include "harness/definition/unknown_key.h"
#include "harness/profiling/tool_program.h"
#include "harness/run/option_table.h"

namespace bench::harness {
namespace {

std::optional<std::string> Environment(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr || *value == '\0') return std::nullopt;
  return std::string(value);
}

Options Defaults() {
  Options options;
  const std::string root = Environment("BENCH_ROOT").value_or(".");
  options.experiments_root = root + "/experiments";
  options.store_root = Environment("BENCH_STORE").value_or(root + "/results/store");
  int64_t restarts = 0;
  if (absl::SimpleAtoi(Environment("TORCHELASTIC_RESTART_COUNT").value_or("0"), &restarts) &&
      restarts > 0) {
    options.start = StartMode::kResume;
  }
  return options;
}

absl::StatusOr<const OptionRow*> FindRow(const std::string& name) {
  if (const OptionRow* row = RowNamed(name)) return row;
  const auto similar = SimilarName(name, RowNames());
  return UsageError(absl::StrCat(
      "unknown option --", name,
      similar ? absl::StrCat("; did you mean --", *similar, "?") : std::string("; see --help")));
}

// A word such as "--plan" or "--set=a=1": whoever writes it behind an option has left out a value.
bool LooksLikeAnOption(std::string_view text) {
  return text.size() > 2 && absl::StartsWith(internal::View(text), "--") &&
         text.find_first_of(" \t\n") == std::string_view::npos;
}

// The words of the command line, one after the other.
class Parser {
 public:
  explicit Parser(const std::vector<std::string>& arguments) : arguments_(arguments) {}

  absl::StatusOr<Options> Parse() {
    while (next_ < arguments_.size()) {
      const std::string& word = arguments_[next_++];
      if (word == "-h" || word == "--help") {
        options_.command = Command::kHelp;
        return options_;
      }
      BENCH_RETURN_IF_ERROR(Take(word));
    }
    BENCH_RETURN_IF_ERROR(CheckOptions());
    BENCH_RETURN_IF_ERROR(CheckArguments());
    options_.arguments.insert(options_.arguments.end(), free_.begin(), free_.end());
    BENCH_RETURN_IF_ERROR(CheckCombination());
    return options_;
  }

 private:
  absl::Status Take(const std::string& word) {
    if (word == "--") {
      free_.insert(free_.end(), arguments_.begin() + static_cast<ptrdiff_t>(next_),
                   arguments_.end());
      next_ = arguments_.size();
      return absl::OkStatus();
    }
    if (absl::StartsWith(word, "--")) return TakeOption(word.substr(2));
    if (absl::StartsWith(word, "-")) {
      return UsageError(absl::StrCat("unknown option ", word, "; see --help"));
    }
    free_.push_back(word);
    return absl::OkStatus();
  }

  // `word`: NAME or NAME=VALUE.
  absl::Status TakeOption(const std::string& word) {
    const size_t equals = word.find('=');
    BENCH_ASSIGN_OR_RETURN(const OptionRow* row, FindRow(word.substr(0, equals)));
    if (row->repeats == Repeats::kNo && absl::c_linear_search(given_, row)) {
      return UsageError(
          absl::StrCat("--", internal::View(row->name), " is given twice: leave one out"));
    }
    given_.push_back(row);
    OptionValues values;
    if (equals != std::string::npos) values.push_back(word.substr(equals + 1));
    BENCH_RETURN_IF_ERROR(TakeValues(*row, values));
    return row->apply(options_, values);
  }

  absl::Status TakeValues(const OptionRow& row, OptionValues& values) {
    const std::string option = absl::StrCat("--", internal::View(row.name));
    while (values.size() < row.num_values() && next_ < arguments_.size()) {
      const std::string& value = arguments_[next_++];
      if (LooksLikeAnOption(value)) return MissingBefore(row, value, values.empty());
      values.push_back(value);
    }
    if (row.num_values() == 0 && !values.empty() && !row.value_is_optional()) {
      return UsageError(absl::StrCat(option, " takes no value: leave =", values[0], " out"));
    }
    if (values.size() != row.num_values() && !row.value_is_optional()) {
      return UsageError(absl::StrCat(option, " needs ", row.num_values(),
                                     " value(s): ", internal::View(row.values)));
    }
    if (absl::c_linear_search(values, "")) {
      return UsageError(
          absl::StrCat(option, " ", internal::View(row.values), ": a value is an empty text"));
    }
    return absl::OkStatus();
  }

  static absl::Status MissingBefore(const OptionRow& row, const std::string& value, bool is_first) {
    const std::string option = absl::StrCat("--", internal::View(row.name));
    const char* here = row.values == "DIR" || row.values.starts_with("RESULT") ? "./" : "";
    return UsageError(absl::StrCat(
        option, " ", internal::View(row.values), ": a value is missing before ", value,
        is_first ? absl::StrCat("; if that is the value, write ", option, "=", here, value)
                 : std::string("; if that is the value, begin it with a space")));
  }

  absl::Status CheckOptions() const {
    for (const OptionRow* row : given_) {
      if (row->command || absl::c_linear_search(row->taken_by, options_.command)) continue;
      const std::string taken = OptionsOf(options_.command);
      return UsageError(absl::StrCat("--", internal::View(row->name), " has no use with ",
                                     CommandName(options_.command), ", which takes ",
                                     taken.empty() ? "no options" : taken));
    }
    return absl::OkStatus();
  }

  absl::Status CheckArguments() const {
    const std::string command = CommandName(options_.command);
    const std::string_view wanted = ArgumentOf(options_);
    const size_t num_wanted = wanted.empty() ? 0 : 1;
    if (free_.size() > num_wanted) {
      return UsageError(
          wanted == "EXPERIMENT"
              ? absl::StrCat("one experiment at a time, not also ", free_[1])
              : absl::StrCat(command, " does not take \"", free_[num_wanted], "\": leave it out"));
    }
    if (free_.empty() && wanted.starts_with('[')) return absl::OkStatus();
    if (free_.size() == num_wanted && (num_wanted == 0 || !free_[0].empty())) {
      return absl::OkStatus();
    }
    return UsageError(wanted == "EXPERIMENT"
                          ? "name an experiment, such as experiments/sft_small; see --help"
                          : absl::StrCat(command, " of this kind needs ", internal::View(wanted),
                                         ", the folder of a run"));
  }

  // It is of the experiment as it is defined, whoever runs it how often and where.
  absl::Status CheckDryRun() const {
    constexpr std::array<std::string_view, 4> kTaken = {"dry-run", "set", "steps", "experiments"};
    for (const OptionRow* row : given_) {
      if (absl::c_linear_search(kTaken, row->name)) continue;
      return UsageError(absl::StrCat("--", internal::View(row->name),
                                     " has no use with --dry-run: leave it out"));
    }
    return absl::OkStatus();
  }

  absl::Status CheckCombination() const {
    if (options_.command != Command::kRun) return absl::OkStatus();
    if (options_.start == StartMode::kResume && !options_.out) {
      return UsageError(
          "--resume (which a restart by torchrun implies) needs --out DIR, the run to continue");
    }
    if (options_.rehearsal == Rehearsal::kDryRun) BENCH_RETURN_IF_ERROR(CheckDryRun());
    if (options_.repeat && options_.replicate) {
      return UsageError("--repeat numbers the replicates itself: leave --replicate out");
    }
    if (options_.seeds == SeedMode::kSame && !options_.repeat) {
      return UsageError("--same-seed goes with --repeat");
    }
    return CheckProfile();
  }

  absl::Status CheckProfile() const {
    if (!options_.profile) {
      if (!options_.profile_steps) return absl::OkStatus();
      return UsageError("--profile-steps goes with --profile");
    }
    if (RunsAroundProcess(*options_.profile) && options_.num_ranks.value_or(1) > 1) {
      return UsageError(absl::StrCat("--profile ", std::string(Name(*options_.profile)),
                                     " looks at one process: leave --nproc out, or take kineto or "
                                     "perf, which look at rank 0"));
    }
    return absl::OkStatus();
  }

  const std::vector<std::string>& arguments_;
  size_t next_ = 0;
  Options options_ = Defaults();
  std::vector<const OptionRow*> given_;
  std::vector<std::string> free_;  // of no option
};

std::string RowsText(const std::vector<OptionRow>& rows) {
  std::string text;
  for (const OptionRow& row : rows) {
    const std::string left = absl::StrCat("--", internal::View(row.name),
                                          row.values.empty() || row.value_is_optional() ? "" : " ",
                                          internal::View(row.values));
    const std::string taken = row.command ? OptionsOf(*row.command) : "";
    absl::StrAppendFormat(&text, "  %-26s %s%s\n", left, internal::View(row.help),
                          taken.empty() ? "" : absl::StrCat(" (takes ", taken, ")"));
  }
  return text;
}

}  // namespace

absl::StatusOr<Options> ParseOptions(const std::vector<std::string>& arguments) {
  return Parser(arguments).Parse();
}

std::string HelpText() {
  return absl::StrCat(
      "Runs a versioned experiment and leaves one HDF5 results file.\n\n"
      "usage: bench-run [options] EXPERIMENT        experiments/NAME, NAME@N or a .toml of your "
      "own\n"
      "       bench-run COMMAND\n\noptions:\n",
      RowsText(RunRows()), "\ncommands:\n", RowsText(CommandRows()),
      "\nmemory that a device needs, by ZeRO stage (with EXPERIMENT, --set and --device):\n",
      RowsText(PlanRows()),
      "\nexamples:\n"
      "  bench-run experiments/sft_small\n"
      "  bench-run experiments/sft_small --repeat 3 --out my_runs\n"
      "  bench-run experiments/sft_small --set optimizer.learning_rate=1e-3\n"
      "  bench-run experiments/sft_small --set data.path=my.jsonl\n"
      "  bench-run experiments/sft_small --out my_run --resume\n"
      "  bench-run --generate my_run 'Write \"設定\" in Simplified Chinese.'\n"
      "  bench-run experiments/clm_1b --plan --plan-ranks 1,8 --device-gb 141\n"
      "  bench-run --plan --model baichuan2-13b\n"
      "\nexit codes: 0 ok; 1 diverged or outside the acceptance bounds; 2 usage or definition "
      "error;\n"
      "  3 not comparable; 4 bad input data; 5 environment or I/O failure; 128+n ended by signal "
      "n\n"
      "environment: BENCH_STORE (where artifacts and runs are kept), NO_COLOR\n");
}

}  // namespace bench::harness
