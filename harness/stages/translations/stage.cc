#include "harness/stages/translations/stage.h"

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/status.h"
#include "harness/control/signals.h"
#include "harness/data/source.h"
#include "harness/data/translations.h"
#include "harness/stages/fetch.h"
#include "results/metrics.h"

namespace bench::harness {
namespace {

absl::StatusOr<SourceMessages> FetchMessages(const std::string& name, PackageArchive& archive,
                                             RunContext& context) {
  BENCH_ASSIGN_OR_RETURN(const FetchedSource source, FetchAndRecord(name, archive, context));
  BENCH_ASSIGN_OR_RETURN(auto records, ReadCatalogueRecords(source));
  return SourceMessages{name, std::move(records)};
}

absl::Status RecordCounts(const Translations& translations, results::RunWriter& writer) {
  for (const TranslationCount& row : translations.counts) {
    BENCH_RETURN_IF_ERROR(writer.TableRow("examples", std::nullopt,
                                          {{"source", row.source},
                                           {"task", std::string(row.task)},
                                           {"part", std::string(row.part)},
                                           {"count", row.count}}));
  }
  for (const DropCount& row : translations.drops) {
    BENCH_RETURN_IF_ERROR(writer.TableRow("dropped", std::nullopt,
                                          {{"source", row.source},
                                           {"task", std::string(row.task)},
                                           {"reason", std::string(row.reason)},
                                           {"count", row.count}}));
  }
  const ComponentSummary& components = translations.components;
  return writer.TableRow("components", std::nullopt,
                         {{"num_components", components.num_components},
                          {"largest_messages", components.largest_messages},
                          {"largest_text", components.largest_text}});
}

}  // namespace

absl::StatusOr<InputDigests> TranslationsStage::ContentDigests(
    const std::string& experiments_root) const {
  InputDigests digests;
  for (const std::string& name : spec_.sources) {
    BENCH_ASSIGN_OR_RETURN(const SourceManifest manifest,
                           LoadSourceManifest(experiments_root, name));
    digests.emplace(absl::StrCat("source/", name), manifest.sha256);
  }
  return digests;
}

absl::StatusOr<StageOutcome> TranslationsStage::Run(RunContext& context) {
  const auto archive = DebianArchive();
  std::vector<SourceMessages> sources;
  for (const std::string& name : spec_.sources) {
    BENCH_RETURN_IF_ERROR(CheckNotStopped());
    BENCH_ASSIGN_OR_RETURN(SourceMessages messages, FetchMessages(name, *archive, context));
    sources.push_back(std::move(messages));
    context.progress.Update("source", static_cast<int64_t>(sources.size()),
                            static_cast<int64_t>(spec_.sources.size()), name);
  }
  context.progress.Finish();
  BENCH_ASSIGN_OR_RETURN(const Translations translations, BuildTranslations(sources, spec_));
  BENCH_RETURN_IF_ERROR(RecordCounts(translations, context.writer));
  StageOutcome outcome;
  for (const TranslationPart& part : translations.parts) {
    BENCH_RETURN_IF_ERROR(
        PublishFile(absl::StrCat(context.artifact_folder, "/", std::string(part.name), ".jsonl"),
                    AlpacaLines(part.examples)));
    outcome.summary.push_back(
        {{&results::kExamples, std::string(part.name)}, static_cast<double>(part.examples.size())});
  }
  return outcome;
}

}  // namespace bench::harness
