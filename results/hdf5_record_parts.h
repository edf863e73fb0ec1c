// Private to the readers of results files: the parts of a record that both the whole
// (hdf5_reader.cc) and a summary (hdf5_summary_reader.cc) are read from. Errors: DataError naming
// the object.
#pragma once

#include <hdf5_hl.h>

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "results/hdf5_input.h"
#include "results/hdf5_layout.h"
#include "results/record.h"
#include "results/text.h"

namespace bench::results {

// Reads some of an open file.
using ReadPart = absl::Status (*)(const Hdf5Id& file, RunRecord* record);

// The file at `path`, checked against its side record, through `read`. An error says what else may
// be wrong with a file that cannot be read.
absl::StatusOr<RunRecord> ReadFileWith(const std::string& path, ReadPart read);

// The attributes of the file, after its format.
absl::Status ReadRoot(const Hdf5Id& file, RunRecord* record);

absl::StatusOr<MetricInfo> ReadMetric(const Hdf5Id& dataset);

// Those of kAttemptProvenance that the group has.
absl::Status ReadAttemptProvenance(const Hdf5Id& group, std::map<std::string, Attribute>* out);

// The last attempt's are those of the header. Files written before attempts were recorded lack the
// group: what the earlier ones were run by is not known.
absl::Status ReadAttempts(const Hdf5Id& file, RunRecord* record);

absl::Status ReadValue(const Hdf5Id& dataset, std::map<std::string, SummaryValue>* out);
absl::Status ReadSummaryGroup(const Hdf5Id& file, RunRecord* record);

// Calls `read(link, dataset)` for every dataset in `group` that is not a dimension scale.
template <typename ReadOne>
absl::Status ForEachDataset(const Hdf5Id& group, ReadOne read) {
  BENCH_ASSIGN_OR_RETURN(const std::vector<std::string> links, LinkNames(group));
  for (const std::string& link : links) {
    BENCH_ASSIGN_OR_RETURN(const Hdf5Id dataset, OpenDataset(group, link));
    // Only a scale has a class. Asking that first is faster than what the library does.
    if (HasAttribute(dataset, "CLASS") && H5DSis_scale(dataset.get()) > 0) continue;
    BENCH_RETURN_IF_ERROR(read(link, dataset));
  }
  return absl::OkStatus();
}
// The same in /`name`, which an error then names.
template <typename ReadOne>
absl::Status ForEachDataset(const Hdf5Id& file, const std::string& name, ReadOne read) {
  BENCH_ASSIGN_OR_RETURN(const Hdf5Id group, OpenGroup(file, name));
  return ForEachDataset(group, [&](const std::string& link, const Hdf5Id& dataset) {
    return Annotate(read(link, dataset), absl::StrCat("/", name));
  });
}

// Calls `read(name, group)` for every group in /`name`.
template <typename ReadOne>
absl::Status ForEachGroup(const Hdf5Id& file, const std::string& name, ReadOne read) {
  BENCH_ASSIGN_OR_RETURN(const Hdf5Id parent, OpenGroup(file, name));
  BENCH_ASSIGN_OR_RETURN(const std::vector<std::string> links, LinkNames(parent));
  for (const std::string& link : links) {
    BENCH_ASSIGN_OR_RETURN(const Hdf5Id group, OpenGroup(parent, link));
    const std::string where = absl::StrCat("/", name, "/", EscapeForTerminal(link));
    BENCH_RETURN_IF_ERROR(Annotate(read(layout::FromLinkName(link), group), where));
  }
  return absl::OkStatus();
}

}  // namespace bench::results
