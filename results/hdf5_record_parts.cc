#include "results/hdf5_record_parts.h"

#include <utility>

#include "absl/strings/numbers.h"
#include "base/file.h"
#include "results/digest_record.h"
#include "results/hdf5_fields.h"
#include "results/hdf5_file.h"
#include "results/hdf5_layout.h"
#include "results/record_fields.h"
#include "results/unreadable.h"

namespace bench::results {
namespace {

constexpr int64_t kMaxFileBytes = int64_t{1} << 30;

absl::Status CheckFormat(const Hdf5Id& file) {
  std::string format;
  int64_t version = 0;
  AttributeReader fields(file);
  fields("format", format);
  fields("format_version", version);
  if (!fields.status().ok() || format != layout::kFormat) {
    return DataError("an HDF5 file, but not one of benchmark results");
  }
  if (version < 1 || version > kFormatVersion) {
    return DataError(
        absl::StrCat("format version ", version, "; this program reads up to ", kFormatVersion));
  }
  return absl::OkStatus();
}

absl::Status ReadBytes(const std::string& path, std::string_view bytes, ReadPart read,
                       RunRecord* record) {
  BENCH_RETURN_IF_ERROR(CheckDigest(path, bytes));
  absl::StatusOr<Hdf5Id> file = OpenMemoryFile(bytes);
  if (!file.ok()) return Annotate(file.status(), path);
  return Annotate(read(*file, record), path);
}

absl::StatusOr<Attempt> ReadAttempt(const Hdf5Id& group) {
  Attempt attempt;
  AttributeReader fields(group);
  fields("run_id", attempt.run_id);
  fields("strict", attempt.strict);
  VisitAttempt(attempt, fields);
  BENCH_RETURN_IF_ERROR(fields.status());
  BENCH_RETURN_IF_ERROR(ReadAttemptProvenance(group, &attempt.provenance));
  return attempt;
}

}  // namespace

absl::StatusOr<MetricInfo> ReadMetric(const Hdf5Id& dataset) {
  MetricInfo metric;
  AttributeReader fields(dataset);
  VisitMetric(metric, fields);
  BENCH_RETURN_IF_ERROR(fields.status());
  return metric;
}

absl::Status ReadRoot(const Hdf5Id& file, RunRecord* record) {
  BENCH_RETURN_IF_ERROR(CheckFormat(file));
  AttributeReader fields(file);
  VisitHeader(record->header, fields);
  fields("status", record->status);
  fields("attempts", record->attempts);
  fields("journal_torn_bytes", record->torn_bytes);
  BENCH_RETURN_IF_ERROR(fields.status());
  if (HasAttribute(file, "resumed_from")) {
    BENCH_ASSIGN_OR_RETURN(record->resumed_from, ReadIntegersAttribute(file, "resumed_from"));
  }
  if (record->attempts != static_cast<int64_t>(record->resumed_from.size()) + 1) {
    return DataError("\"attempts\" and \"resumed_from\" disagree");
  }
  return absl::OkStatus();
}

absl::Status ReadAttemptProvenance(const Hdf5Id& group, std::map<std::string, Attribute>* out) {
  for (const std::string_view view : kAttemptProvenance) {
    const std::string name(view);
    if (!HasAttribute(group, name)) continue;
    BENCH_ASSIGN_OR_RETURN((*out)[name], ReadAttribute(group, name));
  }
  return absl::OkStatus();
}

absl::Status ReadAttempts(const Hdf5Id& file, RunRecord* record) {
  if (H5Lexists(file.get(), "attempts", H5P_DEFAULT) > 0) {
    BENCH_RETURN_IF_ERROR(
        ForEachGroup(file, "attempts", [record](const std::string& name, const Hdf5Id& group) {
          int64_t number = 0;
          const bool is_one = absl::SimpleAtoi(name, &number) && absl::StrCat(number) == name &&
                              number >= 1 && number <= record->attempts;
          if (!is_one) {
            return DataError(absl::StrCat("is no attempt of a run of ", record->attempts));
          }
          BENCH_ASSIGN_OR_RETURN(record->attempt_facts[number], ReadAttempt(group));
          return absl::OkStatus();
        }));
  }
  record->attempt_facts.erase(record->attempts);
  if (!record->header.run_id.empty()) {
    record->attempt_facts[record->attempts] = Attempt::Of(record->header);
  }
  return absl::OkStatus();
}

absl::Status ReadValue(const Hdf5Id& dataset, std::map<std::string, SummaryValue>* out) {
  SummaryValue item;
  BENCH_ASSIGN_OR_RETURN(item.metric, ReadMetric(dataset));
  BENCH_ASSIGN_OR_RETURN(item.value, ReadScalarNumber(dataset));
  (*out)[item.metric.Path()] = std::move(item);
  return absl::OkStatus();
}

absl::Status ReadSummaryGroup(const Hdf5Id& file, RunRecord* record) {
  return ForEachDataset(file, "summary", [record](const std::string&, const Hdf5Id& dataset) {
    return ReadValue(dataset, &record->summary);
  });
}

absl::StatusOr<RunRecord> ReadFileWith(const std::string& path, ReadPart read) {
  BENCH_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(path, kMaxFileBytes));
  RunRecord record;
  const absl::Status status = ReadBytes(path, bytes, read, &record);
  if (!status.ok()) return ExplainUnreadable(path, bytes, status);
  return record;
}

}  // namespace bench::results
