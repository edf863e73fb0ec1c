#include "harness/evaluation/probes/probe.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "base/sha256.h"
#include "base/status.h"
#include "harness/evaluation/probes/requests.h"
#include "harness/model_io/content_digest.h"
#include "results/proportion_items.h"

namespace bench::harness {
namespace {

// A committed file's path, or the user's own; absent where neither is given.
std::optional<std::string> PathOf(const std::optional<std::string>& file,
                                  const std::optional<std::string>& path,
                                  const std::string& experiments_root) {
  return file ? absl::StrCat(experiments_root, "/", *file) : path;
}

absl::Status Record(const Probe& probe, const ProbeFindings& findings, int64_t step,
                    results::RunWriter& writer) {
  const std::string& name = probe.spec().name;
  BENCH_RETURN_IF_ERROR(writer.TableRow(
      "probe_prompts", step, {{"probe", name}, {"context", findings.answers.front().context}}));
  for (size_t d = 0; d < findings.answers.size(); ++d) {
    const ProbeAnswer& answer = findings.answers[d];
    BENCH_RETURN_IF_ERROR(writer.TableRow("probe_documents", step,
                                          {{"probe", name},
                                           {"document", static_cast<int64_t>(d)},
                                           {"document_sha256", probe.documents()[d].sha256},
                                           {"context_sha256", Sha256Hex(answer.context)},
                                           {"target_sha256", Sha256Hex(answer.target)},
                                           {"log_prob", answer.log_prob},
                                           {"answer", answer.answer},
                                           {"right", static_cast<int64_t>(answer.right)}}));
  }
  return RecordProportions(writer, step, findings.proportions);
}

}  // namespace

Probe::Probe(ProbeSpec spec, std::vector<ProbeDocument> documents, ProbePrompts prompts,
             AnswerFilters filters)
    : spec_(std::move(spec)),
      documents_(std::move(documents)),
      prompts_(std::move(prompts)),
      filters_(std::move(filters)) {}

absl::StatusOr<Probe> Probe::Load(const ProbeSpec& spec, const std::string& experiments_root,
                                  const SeedSource& seeds) {
  const auto path = PathOf(spec.file, spec.path, experiments_root);
  BENCH_ASSIGN_OR_RETURN(ProbeFile file, ReadProbeFile(*path, spec.request));
  std::vector<ProbeDocument> examples;
  if (const auto shots = PathOf(spec.shots_file, spec.shots_path, experiments_root)) {
    BENCH_ASSIGN_OR_RETURN(ProbeFile of_shots, ReadProbeFile(*shots, spec.request));
    examples = std::move(of_shots.documents);
  }
  BENCH_ASSIGN_OR_RETURN(ProbePrompts prompts,
                         ProbePrompts::Create(spec, file, std::move(examples), seeds));
  BENCH_ASSIGN_OR_RETURN(AnswerFilters filters, AnswerFilters::Create(spec.filters));
  const auto limit = static_cast<size_t>(spec.max_documents);
  if (limit > 0 && file.documents.size() > limit) {
    file.documents.erase(file.documents.begin() + spec.max_documents, file.documents.end());
  }
  return Probe(spec, std::move(file.documents), std::move(prompts), std::move(filters));
}

absl::StatusOr<Probes> Probes::Load(const std::vector<ProbeSpec>& specs,
                                    const std::string& experiments_root, const SeedSource& seeds) {
  Probes probes;
  for (const ProbeSpec& spec : specs) {
    BENCH_ASSIGN_OR_RETURN(Probe probe, Probe::Load(spec, experiments_root, seeds));
    probes.probes_.push_back(std::move(probe));
  }
  return probes;
}

absl::Status Probes::Check(const ProbeModel& model) const {
  for (const Probe& probe : probes_) BENCH_RETURN_IF_ERROR(CheckRequest(probe, model));
  return absl::OkStatus();
}

absl::StatusOr<std::vector<results::MetricValue>> Probes::Ask(const ProbeModel& model, int64_t step,
                                                              results::RunWriter& writer) const {
  std::vector<results::MetricValue> values;
  for (const Probe& probe : probes_) {
    BENCH_ASSIGN_OR_RETURN(const ProbeFindings findings, AskProbe(probe, model));
    BENCH_RETURN_IF_ERROR(Record(probe, findings, step, writer));
    values.insert(values.end(), findings.values.begin(), findings.values.end());
  }
  return values;
}

absl::Status AddProbeDigests(const std::vector<ProbeSpec>& specs,
                             const std::string& experiments_root, InputDigests& digests) {
  std::vector<UserContent> contents;
  for (const ProbeSpec& spec : specs) {
    contents.push_back(
        {absl::StrCat("probe/", spec.name), PathOf(spec.file, spec.path, experiments_root)});
    contents.push_back({absl::StrCat("probe_shots/", spec.name),
                        PathOf(spec.shots_file, spec.shots_path, experiments_root)});
  }
  BENCH_ASSIGN_OR_RETURN(const InputDigests of_probes, ContentDigestsOf(contents));
  digests.insert(of_probes.begin(), of_probes.end());
  return absl::OkStatus();
}

}  // namespace bench::harness
