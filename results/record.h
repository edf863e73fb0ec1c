// One run's results in memory: what the journal is folded into, what the HDF5 file stores, and what
// the comparison reads. Plain data; the layout on disk is in FORMAT.md.
//
// Units: times in seconds, memory in bytes; each metric states its own. Anything that was not
// measured is absent (no key, std::nullopt), never 0 or NaN; NaN and infinities are measured
// values.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "results/metric.h"
#include "results/shared_column.h"

namespace bench::results {

using Attribute = std::variant<std::string, int64_t, double, bool>;
using Cell = std::variant<int64_t, double, std::string>;

enum class RunStatus { kComplete, kInterrupted, kDiverged, kFailed };
std::string_view Name(RunStatus status);
std::optional<RunStatus> ParseRunStatus(std::string_view name);

// Where in a run a row was recorded.
struct RowPosition {
  int64_t step = 0;        // optimizer steps done
  int64_t tokens = 0;      // seen in training so far
  double wall_time_s = 0;  // monotonic, since the run began

  bool operator==(const RowPosition&) const = default;
};

// What is known before the first step.
struct RunHeader {
  std::string experiment;
  std::optional<int64_t> version;  // absent for a definition outside experiments/
  std::string stage;
  std::string definition_sha256;
  std::string recipe_key;
  std::string run_id;
  int64_t replicate = 0;
  bool ad_hoc = false;  // changed by --set
  bool strict = true;   // strict determinism: bitwise claims hold
  std::string machine_class;
  std::string device;
  int64_t threads = 1;
  int64_t world_size = 1;
  std::string definition_toml;
  std::string definition_json;
  std::map<std::string, std::string> inputs;  // name (data, tokenizer, initial_weights) -> digest
  std::map<std::string, Attribute> provenance;

  bool operator==(const RunHeader&) const = default;
};

// Names in a header's provenance of what an attempt was run by, and where.
inline constexpr std::string_view kSourceCommit = "source_commit";
inline constexpr std::string_view kSourceDirty = "source_dirty";
inline constexpr std::string_view kSourceDiffSha256 = "source_diff_sha256";
inline constexpr std::string_view kSourceChangedInBuild = "source_changed_in_build";
inline constexpr std::string_view kProgramSha256 = "program_sha256";
inline constexpr std::string_view kHost = "host";
inline constexpr std::string_view kStartTimeUtc = "start_time_utc";
inline constexpr std::array<std::string_view, 7> kAttemptProvenance = {
    kSourceCommit,  kSourceDirty, kSourceDiffSha256, kSourceChangedInBuild,
    kProgramSha256, kHost,        kStartTimeUtc};

// What is kept of an attempt's header when the next one has another.
struct Attempt {
  std::string run_id;
  bool strict = true;
  std::string machine_class;
  std::string device;
  int64_t threads = 1;
  int64_t world_size = 1;
  std::map<std::string, Attribute> provenance;  // those of kAttemptProvenance that are known

  static Attempt Of(const RunHeader& header);
  bool operator==(const Attempt&) const = default;
};

// A descriptor that owns its text, and the label.
struct MetricInfo {
  std::string name;
  std::string label;
  std::string units;
  Better better = Better::kNone;
  bool deterministic = false;
  double threshold = 0;
  std::string description;
  MetricKind kind = MetricKind::kLearning;
  std::optional<double> floor = {};  // absent: none, also in files of before there were any

  static MetricInfo Of(const MetricKey& key);
  std::string Path() const;
  bool operator==(const MetricInfo&) const = default;
};

// One value a row; the four columns have equal lengths, steps increase.
struct Series {
  MetricInfo metric;
  SharedColumn<int64_t> step;
  SharedColumn<int64_t> tokens;  // seen in training so far
  SharedColumn<double> wall_time_s;
  std::vector<double> value;

  bool operator==(const Series&) const = default;
};

// One named range, a row for each step in which it ran; equal lengths, steps increase.
struct RangeSeries {
  std::vector<int64_t> step;
  std::vector<int64_t> count;
  std::vector<double> host_s;
  std::vector<std::optional<double>> device_s;

  int64_t TotalCount() const;
  double TotalHostS() const;

  bool operator==(const RangeSeries&) const = default;
};

struct SampleSeries {
  MetricInfo metric;
  std::vector<double> value;

  bool operator==(const SampleSeries&) const = default;
};

// Lower-case SHA-256 of one piece of state, a row a step; equal lengths, steps increase.
struct DigestSeries {
  std::vector<int64_t> step;
  std::vector<std::string> sha256;

  bool operator==(const DigestSeries&) const = default;
};

// Every row has one cell a column; a column has one type. Rows written with a step have it as their
// first column, "step".
struct Table {
  std::vector<std::string> columns;
  std::vector<std::vector<Cell>> rows;

  bool operator==(const Table&) const = default;
};

struct SummaryValue {
  MetricInfo metric;
  double value = 0;

  bool operator==(const SummaryValue&) const = default;
};

struct RunRecord {
  RunHeader header;
  RunStatus status = RunStatus::kInterrupted;
  int64_t attempts = 1;               // 1 + the number of resumptions
  std::vector<int64_t> resumed_from;  // the step each resumption continued after
  // By number, from 1; that of a header without a run id, and of the earlier ones in a results file
  // of before they were recorded, is absent.
  std::map<int64_t, Attempt> attempt_facts;
  int64_t torn_bytes = 0;               // of the journal's tail that could not be read
  std::map<std::string, Series> steps;  // by path, "loss" or "loss/task"
  std::map<std::string, Series> evals;
  std::map<std::string, RangeSeries> ranges;
  std::map<std::string, SampleSeries> samples;
  std::map<std::string, DigestSeries> digests;
  std::map<std::string, Table> tables;
  std::map<std::string, SummaryValue> summary;
  // The same of single processes, by rank: 0 to world_size - 1.
  std::map<int64_t, std::map<std::string, SummaryValue>> ranks;
  std::map<std::string, Attribute> notes;  // facts learnt during the run, such as artifact digests

  bool resumed() const { return attempts > 1; }

  bool operator==(const RunRecord&) const = default;
};

// The first non-finite value of a learning metric: where it was recorded.
struct NonFinite {
  std::string path;             // "steps/loss"
  std::optional<int64_t> step;  // absent in a summary and of a rank
};
std::optional<NonFinite> FirstNonFinite(const RunRecord& record);

}  // namespace bench::results
