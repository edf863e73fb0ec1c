#include "harness/stages/program/tensorboard_report.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/status.h"
#include "harness/data/source_content.h"
#include "harness/stages/program/event_file.h"

namespace bench::harness {
namespace {

constexpr int64_t kMaxFileBytes = int64_t{1} << 30;
constexpr size_t kMaxScalars = 20'000'000;

struct Scalar {
  int64_t step;
  const std::string* tag;
  double value;
};

}  // namespace

absl::Status TensorboardReport::AtEnd(const std::string& path, MetricSink& sink) {
  BENCH_ASSIGN_OR_RETURN(const auto names, RegularFiles(path));
  std::set<std::string> tags;
  std::vector<Scalar> scalars;
  int64_t num_files = 0;
  for (const std::string& name : names) {
    if (name.find("tfevents") == std::string::npos) continue;
    ++num_files;
    const std::string file = absl::StrCat(path, "/", name);
    BENCH_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(file, kMaxFileBytes));
    const auto keep = [&](const EventScalar& scalar) {
      if (sink.Find(scalar.tag) == nullptr) return absl::OkStatus();
      if (scalars.size() == kMaxScalars) return DataError("too many scalars");
      scalars.push_back({scalar.step, &*tags.emplace(scalar.tag).first, scalar.value});
      return absl::OkStatus();
    };
    BENCH_RETURN_IF_ERROR(Annotate(ForEachScalar(bytes, keep), file));
  }
  if (num_files == 0) return DataError(absl::StrCat(path, ": holds no event file (*tfevents*)"));
  std::stable_sort(scalars.begin(), scalars.end(),
                   [](const Scalar& a, const Scalar& b) { return a.step < b.step; });
  for (const Scalar& scalar : scalars) {
    BENCH_RETURN_IF_ERROR(Annotate(
        sink.AsDeclared(ReportedPosition{scalar.step, std::nullopt}, {*scalar.tag, scalar.value}),
        path));
  }
  return absl::OkStatus();
}

}  // namespace bench::harness
