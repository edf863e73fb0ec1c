#include "harness/run/sweep.h"

#include <cstdio>
#include <set>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/status.h"
#include "harness/definition/load.h"
#include "harness/run/replicates.h"
#include "harness/run/show_command.h"
#include "harness/run/show_report.h"
#include "harness/run/stage_factory.h"
#include "harness/store/store_runs.h"

namespace bench::harness {
namespace {

// At the commas outside brackets and quotes.
std::vector<std::string> SplitValues(std::string_view text) {
  std::vector<std::string> values(1);
  int depth = 0;
  char quote = 0;
  // A quote within a bare word is a letter of it, as in a file's name.
  const auto begins = [&] {
    return depth > 0 || absl::StripAsciiWhitespace(values.back()).empty();
  };
  for (const char c : text) {
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if ((c == '"' || c == '\'') && begins()) {
      quote = c;
    } else if (c == '[' || c == '{') {
      ++depth;
    } else if (c == ']' || c == '}') {
      --depth;
    } else if (c == ',' && depth == 0) {
      values.emplace_back();
      continue;
    }
    values.back() += c;
  }
  return values;
}

absl::StatusOr<SweepAxisSpec> ParseAxis(const std::string& sweep) {
  const size_t equals = sweep.find('=');
  const auto wrong = [&](std::string_view why) {
    return UsageError(
        absl::StrCat("--sweep ", sweep, ": ", internal::View(why), "; write KEY=VALUE,VALUE,..."));
  };
  if (equals == std::string::npos || equals == 0) return wrong("no KEY=");
  SweepAxisSpec axis = {sweep.substr(0, equals),
                        SplitValues(std::string_view(sweep).substr(equals + 1))};
  std::set<std::string> seen;
  for (std::string& value : axis.values) {
    absl::StripAsciiWhitespace(&value);
    if (value.empty()) return wrong("an empty value");
    if (!seen.insert(SameNumber(value)).second) return wrong("a value is there twice");
  }
  return axis;
}

absl::StatusOr<std::vector<SweepAxisSpec>> ParseAxes(const std::vector<std::string>& sweeps) {
  std::vector<SweepAxisSpec> axes;
  for (const std::string& sweep : sweeps) {
    BENCH_ASSIGN_OR_RETURN(SweepAxisSpec axis, ParseAxis(sweep));
    if (absl::c_any_of(axes, [&](const SweepAxisSpec& other) { return other.key == axis.key; })) {
      return UsageError(absl::StrCat("--sweep ", axis.key, ": is there twice"));
    }
    axes.push_back(std::move(axis));
  }
  return axes;
}

Options OptionsAt(const SweepPoint& point, Options options) {
  options.overrides.insert(options.overrides.end(), point.overrides.begin(), point.overrides.end());
  return options;
}

absl::Status CheckPoints(const std::vector<SweepPoint>& points, const Options& options) {
  for (const SweepPoint& point : points) {
    BENCH_ASSIGN_OR_RETURN(const LoadedDefinition loaded, LoadNamed(OptionsAt(point, options)));
    if (options.num_ranks) {
      BENCH_RETURN_IF_ERROR(MakeStage(loaded.definition)->CheckRanks(*options.num_ranks));
    }
  }
  return absl::OkStatus();
}

// Before any of them runs.
absl::Status CheckUnoccupied(const std::vector<RunMember>& members) {
  for (const RunMember& member : members) {
    if (!Exists(member.folder)) continue;
    return EnvironmentError(absl::StrCat(
        member.folder,
        " is there already: give another folder, or --resume to make what is missing"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<SweepPoint>> SweepGrid(const std::vector<std::string>& sweeps) {
  BENCH_ASSIGN_OR_RETURN(const std::vector<SweepAxisSpec> axes, ParseAxes(sweeps));
  return GridPoints(axes);
}

absl::StatusOr<int> RunSweep(const Options& options) {
  BENCH_ASSIGN_OR_RETURN(const std::vector<SweepPoint> points, SweepGrid(options.sweeps));
  BENCH_RETURN_IF_ERROR(CheckPoints(points, options));
  BENCH_ASSIGN_OR_RETURN(const std::string parent, ParentFolder(OptionsAt(points[0], options)));
  std::vector<RunMember> members;
  for (const SweepPoint& point : points) {
    Options at = OptionsAt(point, options);
    at.out = MemberFolder(parent, point.name);
    members.push_back({"point " + point.name, *at.out, RunArguments(at)});
  }
  if (options.start == StartMode::kFresh) BENCH_RETURN_IF_ERROR(CheckUnoccupied(members));
  BENCH_ASSIGN_OR_RETURN(const MembersReport report, RunMembers(members));
  std::vector<ListedRun> listed;
  for (size_t i = 0; i < points.size(); ++i) {
    BENCH_ASSIGN_OR_RETURN(const std::vector<StoreRun> runs, RunsIn(members[i].folder));
    if (runs.empty()) listed.push_back({points[i].name, std::nullopt, "did not begin"});
    for (const StoreRun& run : runs) {
      listed.push_back(ReadListed(
          absl::StrCat(points[i].name, run.name.empty() ? "" : "/", run.name), run.folder));
    }
  }
  std::fputs(PointsTable(listed, ReportColumns()).c_str(), stdout);
  PrintMembers(report);
  return report.exit_code;
}

}  // namespace bench::harness
