#include "results/history/history_text.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "results/sparkline.h"
#include "results/statistics/change_points.h"
#include "results/text.h"
#include "results/value_text.h"
#include "results/wrapped_text.h"

namespace bench::results {
namespace {

constexpr size_t kShortHash = 12;
constexpr size_t kDateLetters = 10;  // 2026-01-31
constexpr int kNameColumns = 27;
constexpr int kEndsColumns = 29;  // of "first -> last"
constexpr int kFewestTableColumns = 72;
constexpr double kPercent = 100;

std::string Counted(int64_t number, const std::string& one, const std::string& several) {
  return absl::StrCat(number, " ", number == 1 ? one : several);
}

std::string DateOf(const HistoryCommit& commit) {
  return EscapeForTerminal(commit.start_time_utc.substr(0, kDateLetters));
}

std::string EndsText(const MetricHistory& metric) {
  if (!metric.first()) return "no value that counts";
  return absl::StrCat(ValueText(*metric.first(), metric.metric.units), " -> ",
                      ValueText(*metric.last(), metric.metric.units));
}

std::string Bars(const MetricHistory& metric, int cells) {
  std::vector<double> values;
  for (const std::optional<double>& value : metric.values) {
    if (value) values.push_back(*value);
  }
  const std::string bars = Sparkline(values, cells);
  const auto shown = std::min<int64_t>(cells, std::ssize(values));
  return bars + std::string(static_cast<size_t>(cells - shown), ' ');
}

std::string MetricLine(const MetricHistory& metric, int cells, int columns) {
  const std::string name = EscapeForTerminal(metric.metric.Path());
  const std::string ends = EndsText(metric);
  if (columns < kFewestTableColumns) {
    return absl::StrCat(name, "\n  ", Bars(metric, cells), "\n  ", ends, "\n");
  }
  const bool own_line = static_cast<int>(name.size()) > kNameColumns;
  return absl::StrCat(own_line ? name + "\n" : "",
                      absl::StrFormat("%-*s ", kNameColumns, own_line ? "" : name),
                      Bars(metric, cells), "  ", ends, "\n");
}

std::string PercentText(const HistoryChange& change) {
  if (change.before == 0) return "";
  return absl::StrFormat(" %+.2f%%",
                         kPercent * (change.after - change.before) / std::abs(change.before));
}

std::string SectionText(const HistorySection& section, int columns) {
  std::string out =
      Wrapped(SectionTitle(section), columns) + Wrapped(SeriesText(section.key), columns);
  const auto fewest = static_cast<int64_t>(2 * ChangePointOptions().min_segment);
  if (section.num_runs < fewest) {
    out += Wrapped(absl::StrCat("changes of what varies show from ", fewest, " runs on"), columns);
  }
  const auto num_commits = static_cast<int>(section.commits.size());
  const int room =
      columns < kFewestTableColumns ? columns - 2 : columns - kNameColumns - kEndsColumns - 3;
  for (const MetricHistory& metric : section.metrics) {
    out += MetricLine(metric, std::min(room, num_commits), columns);
    for (const HistoryChange& change : metric.changes) {
      out += Wrapped(ChangeText(change, metric, section), columns, "  ", "    ");
    }
  }
  if (!section.constant.empty()) {
    const int64_t number = std::ssize(section.constant);
    out += Wrapped(absl::StrCat(Counted(number, "deterministic metric", "deterministic metrics"),
                                " never changed"),
                   columns);
  }
  return out;
}

}  // namespace

std::string SeriesText(const SeriesKey& key) {
  return absl::StrCat(
      "machine class ", EscapeForTerminal(key.machine_class), ", ", EscapeForTerminal(key.device),
      ", ", Counted(key.threads, "thread", "threads"), ", ",
      Counted(key.world_size, "process", "processes"), ", definition ",
      EscapeForTerminal(key.definition_sha256.substr(0, kShortHash)), ", inputs ",
      EscapeForTerminal(key.recipe_key.substr(0, kShortHash)), key.strict ? "" : ", not strict");
}

std::string SectionTitle(const HistorySection& section) {
  std::string text = absl::StrCat(EscapeForTerminal(section.key.experiment), ": ",
                                  Counted(section.num_runs, "run", "runs"), " of ",
                                  Counted(std::ssize(section.commits), "commit", "commits"));
  const std::string first = DateOf(section.commits.front());
  const std::string last = DateOf(section.commits.back());
  if (!first.empty()) absl::StrAppend(&text, ", ", first, first == last ? "" : " to ");
  if (first != last) text += last;
  return text;
}

std::string ChangeText(const HistoryChange& change, const MetricHistory& metric,
                       const HistorySection& section) {
  const HistoryCommit& commit = section.commits[change.commit];
  std::string name = std::string(Name(change.direction));
  if (change.direction == ChangeDirection::kRegressed) name = absl::AsciiStrToUpper(name);
  std::string text =
      absl::StrCat(name, PercentText(change), change.within_commit ? " between runs of " : " with ",
                   CommitName(commit));
  const std::string date = DateOf(commit);
  if (!date.empty()) absl::StrAppend(&text, " (", date, ")");
  if (!commit.subject.empty()) absl::StrAppend(&text, " ", EscapeForTerminal(commit.subject));
  absl::StrAppend(&text, ": ", ValueText(change.before, metric.metric.units), " -> ",
                  ValueText(change.after, metric.metric.units));
  if (change.p_value) {
    // The metric's is that of its least p-value, which may be another change's.
    const double adjusted = std::max(*change.p_value, metric.adjusted_p_value.value_or(1));
    absl::StrAppendFormat(&text, ", p = %.2g, adjusted %.2g", *change.p_value, adjusted);
  }
  if (change.within_commit) text += ": not a change of the source";
  return text;
}

std::string LeftOutText(const History& history) {
  std::vector<std::string> parts;
  for (const auto& [status, number] : history.num_incomplete) {
    parts.push_back(absl::StrCat(number, " ", std::string(Name(status))));
  }
  if (history.num_copies > 0) parts.push_back(Counted(history.num_copies, "copy", "copies"));
  const int64_t several = history.num_by_several_commits;
  if (several > 0) parts.push_back(absl::StrCat(several, " by several commits"));
  const int64_t unreadable = std::ssize(history.unreadable);
  if (unreadable > 0) parts.push_back(absl::StrCat(unreadable, " that cannot be read"));
  return parts.empty() ? "" : absl::StrCat("left out: ", absl::StrJoin(parts, ", "));
}

std::string ConclusionText(const History& history) {
  std::map<ChangeDirection, int64_t> numbers;
  for (const HistorySection& section : history.sections) {
    for (const MetricHistory& metric : section.metrics) {
      for (const HistoryChange& change : metric.changes) ++numbers[change.direction];
    }
  }
  std::string text = Counted(history.num_changes(), "change", "changes");
  for (const auto& [direction, number] : numbers) {
    absl::StrAppend(&text, ", ", number, " ", std::string(Name(direction)));
  }
  return text;
}

std::string CommitName(const HistoryCommit& commit) {
  if (commit.commit.empty()) return "unknown source";
  return absl::StrCat(EscapeForTerminal(commit.commit.substr(0, kShortHash)),
                      commit.dirty ? "+" : "");
}

std::string RenderHistoryText(const History& history, int columns) {
  std::string out;
  for (const HistorySection& section : history.sections) {
    absl::StrAppend(&out, SectionText(section, columns), "\n");
  }
  const std::string left_out = LeftOutText(history);
  if (!left_out.empty()) out += Wrapped(left_out, columns);
  return out + Wrapped(ConclusionText(history), columns);
}

}  // namespace bench::results
