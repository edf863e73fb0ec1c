#include "harness/stages/corpus/stage.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/sha256.h"
#include "base/status.h"
#include "harness/context/torch_runtime.h"
#include "harness/corpus/held_out_check.h"
#include "harness/corpus/pipeline.h"
#include "harness/corpus/source_files.h"
#include "harness/corpus/substring_dedup.h"
#include "harness/corpus/tokenise.h"
#include "harness/corpus/work_ledger.h"
#include "harness/data/source.h"
#include "harness/model_io/decoder_inputs.h"
#include "harness/stages/corpus/content.h"
#include "harness/stages/corpus/inputs.h"
#include "harness/stages/corpus/tables.h"
#include "harness/stages/left_out.h"
#include "harness/stages/token_data.h"
#include "results/metrics.h"

namespace bench::harness {
namespace {

using corpus::CorpusPlan;
using corpus::PipelineResult;

// Everything that the work is a function of: what of another recipe was finished is of no use. The
// files are in it by their names and sizes, so that no rank reads them for it. `digests`: of what
// ranks read besides the files.
absl::StatusOr<corpus::Digest128> RecipeOf(const CorpusPlan& plan, const InputDigests& digests,
                                           const RunContext& context) {
  BENCH_ASSIGN_OR_RETURN(std::string recipe, Sha256File("/proc/self/exe"));
  absl::StrAppend(&recipe, "\n", context.definition.sha256);
  for (const auto& [role, digest] : digests) absl::StrAppend(&recipe, "\n", role, " ", digest);
  for (const auto& [role, artifact] : context.inputs) {
    absl::StrAppend(&recipe, "\n", role, " ", artifact.digest);
  }
  for (const corpus::SourceFile& file : plan.files) {
    BENCH_ASSIGN_OR_RETURN(const int64_t size,
                           corpus::FileBytes({absl::StrCat(file.root, "/", file.relative_path)}));
    absl::StrAppend(&recipe, "\n", file.source, " ", file.relative_path, " ",
                    static_cast<int>(file.format), " ", size);
  }
  return corpus::DigestOf(recipe);
}

std::string RemovedPath(const std::string& folder) { return absl::StrCat(folder, ".removed"); }

// At once, as far as another attempt can see: records must not outlive what they are of.
void RemoveWork(const std::string& folder) {
  if (PublishFolder(folder, RemovedPath(folder)).ok()) {
    RemoveTree(RemovedPath(folder)).IgnoreError();
  }
}

// Of work that was begun: its budget was enough for the threads of then, and a rank may have more
// of them now.
void UseThreadsWithinBudget(CorpusPlan& plan, Progress& progress) {
  const int64_t within = corpus::ThreadsWithinBudget(plan);
  if (within == 0 || within >= plan.num_threads) return;
  progress.Note(absl::StrCat("going on with ", within, " threads a rank, not ", plan.num_threads,
                             ": corpus.budget_mib holds no more"));
  plan.num_threads = within;
}

corpus::RankGroup GroupOf(Ranks& ranks) {
  return {ranks.rank(), ranks.size(),
          [&ranks](const absl::Status& own) { return ranks.Agree(own); }};
}

// Wrong input or a wrong definition: the run that is begun again is another one.
bool CanContinue(const absl::Status& status) {
  const ExitCode code = ExitCodeFor(status);
  return code != ExitCode::kBadData && code != ExitCode::kUsage;
}

absl::Status CheckKept(const PipelineResult& result) {
  const auto read = corpus::Total(result.report.read).num_documents;
  if (corpus::Total(result.report.kept).num_documents > 0) return absl::OkStatus();
  return DataError(absl::StrCat("no document is left of ", read, ", and ",
                                result.report.rejected.num_rejected(),
                                " were invalid; the tables removed and rejected say why"));
}

// Of a user's own files and documents; a declared source's are what they were when it was declared.
absl::Status CheckShare(const CorpusSpec& spec, const PipelineResult& result,
                        const SkippedRecords& skipped) {
  if (!spec.path || !spec.sources.empty()) return absl::OkStatus();
  return CheckSkippedShare(*spec.path, skipped, corpus::Total(result.report.read).num_documents,
                           spec.max_skipped_share);
}

absl::Status CheckParts(const TokenDataset& dataset) {
  for (const char* part : {"train", "validation"}) {
    if (!dataset.part(part).empty()) continue;
    return DataError(absl::StrCat("only one text is left of all documents, so that the part \"",
                                  part, "\" has none; give more documents"));
  }
  return absl::OkStatus();
}

// Of the work, for so much text, of which a quarter is taken to be repeated substrings.
int64_t CorpusWorkBytes(const CorpusSpec& spec, int64_t num_text_bytes) {
  constexpr int64_t kDocuments = 2;
  constexpr int64_t kBandRecordBytes = 24, kMeanDocumentBytes = 1000;
  constexpr double kRepeatedShare = 0.25;
  const int64_t bands = spec.near.enabled ? spec.near.minhash.num_bands * kBandRecordBytes : 0;
  const double of_substrings =
      spec.substrings.enabled
          ? corpus::SubstringBytesOfTextByte(spec.substrings.min_bytes, kRepeatedShare)
          : 0;
  return kDocuments * num_text_bytes + bands * (num_text_bytes / kMeanDocumentBytes) +
         static_cast<int64_t>(of_substrings * static_cast<double>(num_text_bytes));
}

// What the files of a user's path unpack to: text shrinks some ten times at most.
absl::StatusOr<int64_t> TextBytes(const std::string& path) {
  constexpr int64_t kExpansion = 10;
  BENCH_ASSIGN_OR_RETURN(const corpus::SourceFiles found, corpus::FilesOf({"", path, {}}));
  int64_t num_bytes = 0;
  for (const corpus::SourceFile& file : found.files) {
    std::error_code error;  // of a file that is not there, which reading it tells
    const auto size = std::filesystem::file_size(file.root + "/" + file.relative_path, error);
    const bool grows = corpus::IsCompressed(file.relative_path);
    if (!error) num_bytes += static_cast<int64_t>(size) * (grows ? kExpansion : 1);
  }
  return num_bytes;
}

SkippedRecords SkippedOf(const corpus::RejectionReport& rejected) {
  SkippedRecords skipped;
  for (const auto& [reason, entry] : rejected.reasons()) {
    skipped.Add(reason, entry.first, entry.count);
  }
  return skipped;
}

std::vector<results::MetricValue> Summary(const corpus::CorpusReport& report,
                                          const TokenDataset& dataset) {
  const auto value = [](const results::MetricDescriptor& metric, const char* label,
                        int64_t count) -> results::MetricValue {
    return {{&metric, label}, static_cast<double>(count)};
  };
  const corpus::TextCount read = corpus::Total(report.read), kept = corpus::Total(report.kept);
  return {value(results::kDocuments, "read", read.num_documents),
          value(results::kDocuments, "kept", kept.num_documents),
          value(results::kTextBytes, "read", read.num_bytes),
          value(results::kTextBytes, "kept", kept.num_bytes),
          value(results::kRejectedDocuments, "", report.rejected.num_rejected()),
          value(results::kTokens, "train", NumTokens(dataset, "train")),
          value(results::kTokens, "validation", NumTokens(dataset, "validation")),
          value(results::kHeldOutInTraining, "", corpus::CountHeldOutInTraining(dataset))};
}

double SecondsSince(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

void AddPhaseTimes(const PipelineResult& result, double tokens_s,
                   std::vector<results::MetricValue>& summary) {
  summary.push_back({{&results::kPhaseTime, "filters"}, result.filter_s});
  summary.push_back({{&results::kPhaseTime, "duplicates"}, result.deduplicate_s});
  summary.push_back({{&results::kPhaseTime, "tokens"}, tokens_s});
}

// Rank 0 fetches what is not in the store.
absl::StatusOr<CorpusFiles> FilesOfAllRanks(const CorpusSpec& spec, RunContext& context) {
  std::optional<CorpusFiles> files;
  BENCH_RETURN_IF_ERROR(context.ranks.LeaderFirst([&]() -> absl::Status {
    absl::StatusOr<CorpusFiles> found = FindCorpusFiles(spec, context);
    if (!found.ok()) return found.status();
    files.emplace(*std::move(found));
    return absl::OkStatus();
  }));
  return *std::move(files);
}

// Of the held-out documents' n-grams, the fraction that training documents have.
absl::StatusOr<results::MetricValue> Overlap(const CorpusPlan& plan,
                                             const corpus::CorpusReport& report,
                                             const corpus::NgramSet& held_out,
                                             corpus::PhaseRunner& runner) {
  const double fraction =
      corpus::HeldOutFraction(plan.spec.held_out_fraction, report.held_out_places);
  BENCH_ASSIGN_OR_RETURN(const int64_t found,
                         corpus::CountNgramsInTraining(plan, fraction, held_out, runner));
  const double all = static_cast<double>(std::max<size_t>(held_out.size(), 1));
  return results::MetricValue{{&results::kHeldOutNgramsInTraining, ""},
                              static_cast<double>(found) / all};
}

}  // namespace

std::vector<InputNeed> CorpusStage::Inputs() const {
  std::vector<InputNeed> needs;
  if (spec_.tokenizer.artifact) {
    needs.push_back({"tokenizer", *spec_.tokenizer.artifact, {StageKind::kTokenizer}});
  }
  if (spec_.exclude.dataset) {
    needs.push_back({"exclude", *spec_.exclude.dataset, {StageKind::kTranslations}});
  }
  return needs;
}

absl::StatusOr<InputDigests> CorpusStage::DigestsButThePath(
    const std::string& experiments_root) const {
  InputDigests digests;
  for (const std::string& name : spec_.sources) {
    BENCH_ASSIGN_OR_RETURN(const SourceManifest manifest,
                           LoadSourceManifest(experiments_root, name));
    digests[absl::StrCat("source/", name)] = DocumentsDigest(manifest);
  }
  BENCH_RETURN_IF_ERROR(AddTokenizerDigest(spec_.tokenizer, digests));
  return digests;
}

absl::StatusOr<InputDigests> CorpusStage::ContentDigests(
    const std::string& experiments_root) const {
  BENCH_ASSIGN_OR_RETURN(InputDigests digests, DigestsButThePath(experiments_root));
  if (!spec_.path) return digests;
  if (path_digest_) {
    digests["path"] = *path_digest_;
  } else {
    const std::unique_ptr<Ranks> alone = Ranks::Alone();
    BENCH_ASSIGN_OR_RETURN(digests["path"], UserTreeSha256(*spec_.path, run_.threads, *alone));
  }
  return digests;
}

absl::Status CorpusStage::DigestTogether(Ranks& ranks) {
  if (!spec_.path) return absl::OkStatus();
  BENCH_ASSIGN_OR_RETURN(
      std::string digest,
      UserTreeSha256(*spec_.path, ThreadsPerRank(run_, ranks.local_size()), ranks));
  if (ranks.leads()) path_digest_ = std::move(digest);
  return absl::OkStatus();
}

absl::StatusOr<DiskNeed> CorpusStage::Disk(const std::map<std::string, Artifact>&) const {
  // A package's content is known once it is fetched; those declared so far have less than 32 MiB.
  constexpr int64_t kSourceBytes = int64_t{32} << 20;
  int64_t num_bytes = kSourceBytes * std::ssize(spec_.sources);
  if (spec_.path) {
    BENCH_ASSIGN_OR_RETURN(const int64_t of_path, TextBytes(*spec_.path));
    num_bytes += of_path;
  }
  return DiskNeed{CorpusWorkBytes(spec_, num_bytes), num_bytes};
}

absl::StatusOr<StageOutcome> CorpusStage::Run(RunContext& context) {
  const std::string folder = context.folder + "/corpus";
  // Of an attempt that was killed while it removed it.
  if (context.ranks.leads()) BENCH_RETURN_IF_ERROR(RemoveTree(RemovedPath(folder)));
  absl::StatusOr<StageOutcome> outcome = RunIn(folder, context);
  // What is finished stays for a run that goes on.
  const bool useless = !outcome.ok() && !CanContinue(outcome.status());
  if (!context.ranks.leads() || (!outcome.ok() && !useless)) return outcome;
  if (outcome.ok() || context.ranks.alone()) {
    RemoveWork(folder);
  } else if (Exists(folder)) {
    context.progress.Note(absl::StrCat(folder,
                                       " stays, as other ranks may be writing to it: it is "
                                       "of no use to another run, remove it"));
  }
  return outcome;
}

absl::StatusOr<StageOutcome> CorpusStage::RunIn(const std::string& folder, RunContext& context) {
  BENCH_ASSIGN_OR_RETURN(const Tokenizer tokenizer, LoadTokenizer(spec_.tokenizer, context.inputs));
  BENCH_ASSIGN_OR_RETURN(const auto evaluation_texts, ReadEvaluationTexts(spec_, context.inputs));
  CorpusPlan plan{.spec = spec_,
                  .folder = folder,
                  .num_threads = ThreadsPerRank(run_, context.ranks.local_size()),
                  .evaluation_texts = evaluation_texts.get()};
  // Before any rank begins the work.
  if (Exists(folder)) UseThreadsWithinBudget(plan, context.progress);
  BENCH_RETURN_IF_ERROR(corpus::CheckBudget(plan));
  BENCH_ASSIGN_OR_RETURN(CorpusFiles files, FilesOfAllRanks(spec_, context));
  plan.files = std::move(files.files);
  const corpus::RankGroup group = GroupOf(context.ranks);
  BENCH_ASSIGN_OR_RETURN(const InputDigests digests, DigestsButThePath(context.experiments_root));
  BENCH_ASSIGN_OR_RETURN(const corpus::Digest128 recipe, RecipeOf(plan, digests, context));
  BENCH_ASSIGN_OR_RETURN(
      const corpus::WorkState state,
      corpus::OpenWork(folder, recipe, corpus::LeastShards(group.size, plan.num_threads), group));
  plan.least_shards = state.least_shards;
  if (state.attempt > 1) context.progress.Note("parts that are finished are kept");
  corpus::PhaseRunner runner(
      plan,
      [&](std::string_view phase, int64_t done, int64_t total) {
        context.progress.Update(phase, done, total, "");
      },
      group, state);
  BENCH_ASSIGN_OR_RETURN(PipelineResult result, corpus::RunPipeline(plan, runner));
  result.report.rejected.Merge(files.unread);
  const auto tokens_begin = std::chrono::steady_clock::now();
  BENCH_ASSIGN_OR_RETURN(
      const corpus::NgramSet held_out,
      corpus::Tokenise(plan, tokenizer, context.artifact_folder, result.report, runner));
  const double tokens_s = SecondsSince(tokens_begin);
  BENCH_ASSIGN_OR_RETURN(const results::MetricValue overlap,
                         Overlap(plan, result.report, held_out, runner));
  context.progress.Finish();
  StageOutcome outcome;
  absl::Status concluded;
  if (context.ranks.leads()) {
    concluded = Conclude(plan, result, runner, context, outcome);
    outcome.summary.push_back(overlap);
    AddPhaseTimes(result, tokens_s, outcome.summary);
  }
  // Rank 0 removes what the others may still read.
  BENCH_RETURN_IF_ERROR(group.Wait(concluded));
  return outcome;
}

// What rank 0 records, and whether the corpus is one.
absl::Status CorpusStage::Conclude(const CorpusPlan& plan, const PipelineResult& result,
                                   const corpus::PhaseRunner& runner, RunContext& context,
                                   StageOutcome& outcome) const {
  BENCH_RETURN_IF_ERROR(RecordCorpus(plan, result, context.writer));
  BENCH_RETURN_IF_ERROR(RecordPhases(runner.figures(), context.writer));
  const SkippedRecords skipped = SkippedOf(result.report.rejected);
  BENCH_RETURN_IF_ERROR(RecordSkipped("invalid", skipped, context));
  BENCH_RETURN_IF_ERROR(CheckShare(spec_, result, skipped));
  BENCH_RETURN_IF_ERROR(CheckKept(result));
  BENCH_ASSIGN_OR_RETURN(const TokenDataset dataset, TokenDataset::Open(context.artifact_folder));
  BENCH_RETURN_IF_ERROR(CheckParts(dataset));
  BENCH_RETURN_IF_ERROR(RecordTokenData(dataset, context.writer));
  outcome.summary = Summary(result.report, dataset);
  return absl::OkStatus();
}

}  // namespace bench::harness
