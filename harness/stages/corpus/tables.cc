#include "harness/stages/corpus/tables.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/status.h"
#include "harness/definition/enum_names.h"

namespace bench::harness {
namespace {

using corpus::CorpusReport;
using results::RunWriter;

absl::Status RecordBySource(
    const char* table, const std::map<CorpusReport::SourceAndLanguage, corpus::TextCount>& counts,
    RunWriter& writer) {
  for (const auto& [key, count] : counts) {
    BENCH_RETURN_IF_ERROR(writer.TableRow(table, std::nullopt,
                                          {{"source", key.first},
                                           {"language", key.second},
                                           {"documents", count.num_documents},
                                           {"text_bytes", count.num_bytes}}));
  }
  return absl::OkStatus();
}

absl::Status RecordRejected(const corpus::RejectionReport& rejected, RunWriter& writer) {
  for (const auto& [digest, named] : rejected.named()) {
    BENCH_RETURN_IF_ERROR(writer.TableRow("rejected", std::nullopt,
                                          {{"source", named.source},
                                           {"id", named.rejection.id},
                                           {"reason", named.rejection.reason}}));
  }
  return absl::OkStatus();
}

absl::Status RecordRemoved(const corpus::RemovalReport& removed, RunWriter& writer) {
  for (const auto& [rule, removals] : removed.rules()) {
    BENCH_RETURN_IF_ERROR(writer.TableRow("removed", std::nullopt,
                                          {{"filter", rule.first},
                                           {"rule", rule.second},
                                           {"documents", removals.num_documents},
                                           {"text_bytes", removals.num_bytes}}));
    for (const auto& [digest, document] : removals.samples) {
      BENCH_RETURN_IF_ERROR(writer.TableRow("removed_samples", std::nullopt,
                                            {{"filter", rule.first},
                                             {"rule", rule.second},
                                             {"source", document.source},
                                             {"id", document.id},
                                             {"language", document.language},
                                             {"text", document.text}}));
    }
  }
  return absl::OkStatus();
}

absl::Status RecordChanges(const CorpusReport& report, RunWriter& writer) {
  for (const auto& [step, count] : report.shortened) {
    BENCH_RETURN_IF_ERROR(writer.TableRow(
        "shortened", std::nullopt,
        {{"filter", step}, {"documents", count.num_documents}, {"text_bytes", count.num_bytes}}));
  }
  for (size_t i = 0; i < report.dropped_lines.size(); ++i) {
    BENCH_RETURN_IF_ERROR(
        writer.TableRow("dropped_lines", std::nullopt,
                        {{"rule", std::string(corpus::Name(static_cast<corpus::C4LineRule>(i)))},
                         {"lines", report.dropped_lines[i]}}));
  }
  for (const auto& [kind, count] : report.masked) {
    BENCH_RETURN_IF_ERROR(
        writer.TableRow("masked", std::nullopt, {{"kind", kind}, {"occurrences", count}}));
  }
  return absl::OkStatus();
}

absl::Status RecordDuplicates(const std::vector<corpus::DuplicateSamples::Sample>& samples,
                              RunWriter& writer) {
  for (const auto& sample : samples) {
    BENCH_RETURN_IF_ERROR(writer.TableRow("duplicates", std::nullopt,
                                          {{"filter", std::string(sample.step)},
                                           {"removed_source", sample.removed.source},
                                           {"removed_id", sample.removed.id},
                                           {"removed_text", sample.removed.text},
                                           {"survivor_source", sample.survivor.source},
                                           {"survivor_id", sample.survivor.id},
                                           {"survivor_text", sample.survivor.text}}));
  }
  return absl::OkStatus();
}

absl::Status RecordDecontamination(const corpus::CorpusPlan& plan, const CorpusReport& report,
                                   RunWriter& writer) {
  if (plan.evaluation_texts == nullptr) return absl::OkStatus();
  const auto& parts = plan.evaluation_texts->parts();
  const std::string action(Name(plan.spec.decontamination.action));
  for (size_t i = 0; i < parts.size(); ++i) {
    BENCH_RETURN_IF_ERROR(writer.TableRow("decontamination", std::nullopt,
                                          {{"part", parts[i].name},
                                           {"texts", parts[i].num_texts},
                                           {"ngrams", parts[i].num_ngrams},
                                           {"short_texts", parts[i].num_short_texts},
                                           {"documents", report.contaminated[i].num_documents},
                                           {"text_bytes", report.contaminated[i].num_bytes},
                                           {"action", action}}));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status RecordCorpus(const corpus::CorpusPlan& plan, const corpus::PipelineResult& result,
                          RunWriter& writer) {
  const CorpusReport& report = result.report;
  BENCH_RETURN_IF_ERROR(RecordBySource("read", report.read, writer));
  BENCH_RETURN_IF_ERROR(RecordRejected(report.rejected, writer));
  BENCH_RETURN_IF_ERROR(RecordRemoved(report.removed, writer));
  BENCH_RETURN_IF_ERROR(RecordChanges(report, writer));
  BENCH_RETURN_IF_ERROR(RecordDuplicates(result.duplicate_samples, writer));
  BENCH_RETURN_IF_ERROR(RecordDecontamination(plan, report, writer));
  return RecordBySource("kept", report.kept, writer);
}

absl::Status RecordPhases(const std::vector<corpus::PhaseFigures>& phases, RunWriter& writer) {
  for (const corpus::PhaseFigures& phase : phases) {
    BENCH_RETURN_IF_ERROR(writer.TableRow("phases", std::nullopt,
                                          {{"phase", phase.name},
                                           {"parts", phase.num_parts},
                                           {"parts_kept", phase.num_kept},
                                           {"seconds", phase.seconds},
                                           {"longest_part_s", phase.longest_part_s},
                                           {"read_bytes", phase.read_bytes},
                                           {"written_bytes", phase.written_bytes}}));
  }
  return absl::OkStatus();
}

}  // namespace bench::harness
