// Makes many results files, for tests and measurements of histories and exports.
//
//   make_results FOLDER COUNT [--like RESULT] [--replicates R] [--change-at K] [--change SHARE]
//                [--metric NAME] [--seed S] [--curves M --rows N]
//
// Writes FOLDER/0000/results.h5 and so on: runs of COUNT / R commits, R replicates each, one minute
// apart. Without --like they are the sample record's, else that file's. Times and memory that is
// not deterministic are drawn anew, normal with a deviation of 1%; from commit K on they, or the
// metric NAME alone, are SHARE (0.05) greater. With --curves each has M curves of N steps as well.
#include <cstdio>
#include <map>
#include <string>

#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "base/file.h"
#include "base/random.h"
#include "base/status.h"
#include "results/hdf5_file.h"
#include "tests/results/sample_record.h"
#include "tests/results/statistics/normal_draws.h"

namespace bench::results {
namespace {

using Options = std::map<std::string, std::string>;

struct Plan {
  int64_t count;
  int64_t replicates;
  int64_t change_at;
  double change;
  std::string metric;
  int64_t num_curves;
  int64_t num_rows;
};

std::string OptionOr(const Options& options, const std::string& name, const std::string& value) {
  const auto found = options.find(name);
  return found == options.end() ? value : found->second;
}

RunRecord Drawn(const RunRecord& like, const Plan& plan, int64_t run, Random* random) {
  RunRecord record = like;
  const int64_t commit = run / plan.replicates;
  record.status = RunStatus::kComplete;
  record.header.replicate = run % plan.replicates;
  record.header.provenance["source_commit"] = absl::StrFormat("%040x", commit + 1);
  record.header.provenance["source_dirty"] = false;
  const absl::Time start = absl::FromUnixSeconds(1'767'225'600 + 60 * run);  // 2026-01-01
  record.header.provenance["start_time_utc"] =
      absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", start, absl::UTCTimeZone());
  record.attempt_facts[record.attempts] = Attempt::Of(record.header);
  for (auto& [path, item] : record.summary) {
    const bool varies = item.metric.kind == MetricKind::kTime ||
                        (item.metric.kind == MetricKind::kMemory && !item.metric.deterministic);
    if (varies) item.value *= 1 + 0.01 * NormalDraws(random, 1).front();
    const bool changes = plan.metric.empty() ? varies : path == plan.metric;
    if (changes && commit >= plan.change_at) item.value *= 1 + plan.change;
  }
  return record;
}

// Curves that fall, with noise.
void AddCurves(const Plan& plan, Random* random, RunRecord* record) {
  Series rows;
  for (int64_t row = 1; row <= plan.num_rows; ++row) {
    rows.step.push_back(row);
    rows.tokens.push_back(1000 * row);
    rows.wall_time_s.push_back(0.01 * static_cast<double>(row));
  }
  for (int64_t curve = 0; curve < plan.num_curves; ++curve) {
    const std::string label = absl::StrFormat("curve_%02d", curve);
    Series& series = record->steps["loss/" + label];
    series = rows;
    series.metric = MetricInfo::Of({&kLoss, label});
    for (int64_t row = 0; row < plan.num_rows; ++row) {
      series.value.push_back(2 + 1000.0 / static_cast<double>(row + 500) + 0.1 * random->Uniform());
    }
  }
}

absl::Status Make(const std::string& folder, const RunRecord& like, const Plan& plan,
                  uint64_t seed) {
  Random random(seed);
  for (int64_t run = 0; run < plan.count; ++run) {
    const std::string place = absl::StrFormat("%s/%04d", folder, run);
    BENCH_RETURN_IF_ERROR(MakeFolders(place));
    RunRecord record = Drawn(like, plan, run, &random);
    AddCurves(plan, &random, &record);
    BENCH_RETURN_IF_ERROR(WriteResults(record, place + "/results.h5"));
  }
  return absl::OkStatus();
}

int Main(int argc, char** argv) {
  if (argc < 3) return 2;
  Options options;
  for (int i = 3; i + 1 < argc; i += 2) options[argv[i]] = argv[i + 1];
  const std::string like = OptionOr(options, "--like", "");
  const absl::StatusOr<RunRecord> record =
      like.empty() ? absl::StatusOr<RunRecord>(SampleRecord()) : ReadResults(like);
  const Plan plan = {std::stoll(argv[2]),
                     std::stoll(OptionOr(options, "--replicates", "1")),
                     std::stoll(OptionOr(options, "--change-at", "1000000")),
                     std::stod(OptionOr(options, "--change", "0.05")),
                     OptionOr(options, "--metric", ""),
                     std::stoll(OptionOr(options, "--curves", "0")),
                     std::stoll(OptionOr(options, "--rows", "0"))};
  const absl::Status status =
      record.ok() ? Make(argv[1], *record, plan, std::stoull(OptionOr(options, "--seed", "1")))
                  : record.status();
  if (!status.ok()) std::fprintf(stderr, "%s\n", std::string(status.message()).c_str());
  return status.ok() ? 0 : 1;
}

}  // namespace
}  // namespace bench::results

int main(int argc, char** argv) { return bench::results::Main(argc, argv); }
