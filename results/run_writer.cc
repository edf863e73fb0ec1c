#include "results/run_writer.h"

#include <chrono>
#include <map>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/sha256.h"
#include "base/status.h"
#include "results/hdf5_file.h"
#include "results/journal.h"
#include "results/journal_codec.h"
#include "results/record_journal.h"
#include "results/table_shape.h"

namespace bench::results {
namespace {

using Clock = std::chrono::steady_clock;

std::string ResultsPath(const std::string& folder) {
  return absl::StrCat(folder, "/", bench::internal::View(kResultsName));
}

// Names become HDF5 attribute names, which are never empty.
absl::Status CheckNames(const RunHeader& header) {
  if (header.inputs.contains("") || header.provenance.contains("")) {
    return UsageError("an input or a provenance entry without a name");
  }
  return absl::OkStatus();
}

absl::Status CheckSameRun(const RunHeader& journal, const RunHeader& header,
                          const std::string& path) {
  const bool same = journal.definition_sha256 == header.definition_sha256 &&
                    journal.recipe_key == header.recipe_key &&
                    journal.replicate == header.replicate;
  if (same) return absl::OkStatus();
  return EnvironmentError(
      absl::StrCat(path, " is the journal of ", journal.experiment, " with definition ",
                   journal.definition_sha256, ", recipe ", journal.recipe_key, " and replicate ",
                   journal.replicate, "; this run has ", header.definition_sha256, ", ",
                   header.recipe_key, " and ", header.replicate, ": choose another folder"));
}

TableShape ShapeOf(const Table& table) {
  TableShape shape;
  shape.has_step = table.columns.front() == kStepColumn;
  for (size_t c = shape.has_step ? 1 : 0; c < table.columns.size(); ++c) {
    shape.columns.push_back(table.columns[c]);
    shape.is_text.push_back(std::holds_alternative<std::string>(table.rows.front()[c]));
  }
  return shape;
}

// What this process has just written, read back: a damaged journal would give less, silently.
absl::StatusOr<RunRecord> RecordOfWholeJournal(const std::string& folder) {
  const std::string path = JournalPath(folder);
  BENCH_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(path));
  absl::StatusOr<ReadJournal> read = FoldJournal(bytes);
  if (!read.ok()) return Annotate(read.status(), path);
  if (read->torn_bytes == 0) return read->builder.Build();
  return DataError(absl::StrCat(path, " was damaged while the run went on: ", read->torn_bytes,
                                " bytes behind byte ", read->valid_bytes,
                                " cannot be read; no results file is made of it"));
}

struct KnownTable {
  TableShape shape;
  bool earlier_attempt = false;
};

}  // namespace

struct RunWriter::State {
  std::string folder;
  std::optional<JournalFile> journal;  // absent: rows are dropped
  int64_t world_size = 1;
  int64_t attempt = 1;
  int64_t torn_bytes = 0;
  double flush_interval_s = 0;
  Clock::time_point last_flush = Clock::now();
  std::map<std::string, int64_t> metric_ids;  // by path
  std::map<std::string, KnownTable> tables;

  absl::Status Add(EventBody body) {
    if (!journal) return absl::OkStatus();
    return journal->Add(EncodeEvent({attempt, std::move(body)}));
  }

  absl::StatusOr<int64_t> IdOf(const MetricKey& key) {
    const auto [found, added] =
        metric_ids.try_emplace(key.Path(), static_cast<int64_t>(metric_ids.size()));
    if (added) BENCH_RETURN_IF_ERROR(Add(MetricEvent{found->second, MetricInfo::Of(key)}));
    return found->second;
  }

  absl::Status AddRow(RowGroup group, const RowPosition& position,
                      const std::vector<MetricValue>& values) {
    if (!journal) return absl::OkStatus();
    RowEvent row{group, position, {}};
    for (const MetricValue& value : values) {
      BENCH_ASSIGN_OR_RETURN(const int64_t id, IdOf(value.key));
      row.values.emplace_back(id, value.value);
    }
    return Add(std::move(row));
  }

  absl::Status CheckTable(const std::string& name, TableShape shape) {
    const auto [known, added] = tables.try_emplace(name, KnownTable{shape});
    if (added || known->second.shape == shape) {
      known->second.earlier_attempt = false;
      return absl::OkStatus();
    }
    if (known->second.earlier_attempt && !shape.has_step) {  // its rows replace all earlier ones
      known->second = KnownTable{std::move(shape)};
      return absl::OkStatus();
    }
    return UsageError(
        absl::StrCat("table ", name, ": a row's columns differ from the first row's"));
  }
};

RunWriter::RunWriter(std::unique_ptr<State> state) : state_(std::move(state)) {}
RunWriter::~RunWriter() = default;

absl::StatusOr<std::unique_ptr<RunWriter>> RunWriter::Create(const std::string& folder,
                                                             const RunHeader& header,
                                                             double flush_interval_s) {
  BENCH_RETURN_IF_ERROR(CheckNames(header));
  const BeginEvent begin{header, std::nullopt, 0};
  BENCH_ASSIGN_OR_RETURN(JournalFile journal, JournalFile::Create(folder, EncodeEvent({1, begin})));
  auto state = std::make_unique<State>(State{folder, std::move(journal), header.world_size});
  state->flush_interval_s = flush_interval_s;
  return std::unique_ptr<RunWriter>(new RunWriter(std::move(state)));
}

absl::StatusOr<std::unique_ptr<RunWriter>> RunWriter::Resume(const std::string& folder,
                                                             const RunHeader& header,
                                                             int64_t from_step,
                                                             double flush_interval_s) {
  BENCH_RETURN_IF_ERROR(CheckNames(header));
  const std::string path = JournalPath(folder);
  if (!Exists(path)) return Create(folder, header, flush_interval_s);
  BENCH_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(path));
  absl::StatusOr<ReadJournal> read = FoldJournal(bytes);
  if (!read.ok()) return Annotate(read.status(), path);
  BENCH_ASSIGN_OR_RETURN(const RunRecord before, read->builder.Build());
  BENCH_RETURN_IF_ERROR(CheckSameRun(before.header, header, path));

  const BeginEvent begin{header, from_step, read->torn_bytes};
  const int64_t attempt = before.attempts + 1;
  BENCH_RETURN_IF_ERROR(read->builder.Apply({attempt, begin}));
  BENCH_ASSIGN_OR_RETURN(const RunRecord kept, read->builder.Build());

  BENCH_ASSIGN_OR_RETURN(JournalFile journal, JournalFile::Continue(folder, read->valid_bytes));
  auto state = std::make_unique<State>(State{folder, std::move(journal), header.world_size});
  state->attempt = attempt;
  state->torn_bytes = read->torn_bytes;
  state->flush_interval_s = flush_interval_s;
  for (const auto& [name, table] : kept.tables) state->tables[name] = {ShapeOf(table), true};
  BENCH_RETURN_IF_ERROR(state->Add(begin));
  auto writer = std::unique_ptr<RunWriter>(new RunWriter(std::move(state)));
  BENCH_RETURN_IF_ERROR(writer->Flush());
  return writer;
}

std::unique_ptr<RunWriter> RunWriter::Discarding() {
  return std::unique_ptr<RunWriter>(new RunWriter(std::make_unique<State>()));
}

absl::Status RunWriter::Step(const RowPosition& position, const std::vector<MetricValue>& values) {
  return state_->AddRow(RowGroup::kSteps, position, values);
}

absl::Status RunWriter::Eval(const RowPosition& position, const std::vector<MetricValue>& values) {
  return state_->AddRow(RowGroup::kEvals, position, values);
}

absl::Status RunWriter::Digest(int64_t step, const std::string& name, const std::string& sha256) {
  if (name == kStepColumn || name.empty()) {
    return UsageError(absl::StrCat("a digest cannot be called \"", name, "\""));
  }
  if (!IsSha256(sha256)) {
    return UsageError(absl::StrCat("digest ", name, ": \"", sha256,
                                   "\" is not 64 lower-case hexadecimal digits"));
  }
  return state_->Add(DigestEvent{step, name, sha256});
}

absl::Status RunWriter::TableRow(const std::string& table, std::optional<int64_t> step,
                                 const std::vector<std::pair<std::string, Cell>>& row) {
  absl::StatusOr<TableShape> shape = TableShape::Of(step, row);
  if (!shape.ok()) return Annotate(shape.status(), absl::StrCat("table ", table));
  BENCH_RETURN_IF_ERROR(state_->CheckTable(table, *std::move(shape)));
  return state_->Add(TableEvent{table, step, row});
}

absl::Status RunWriter::Sample(const MetricKey& metric, double value) {
  BENCH_ASSIGN_OR_RETURN(const int64_t id, state_->IdOf(metric));
  return state_->Add(SampleEvent{id, value});
}

absl::Status RunWriter::Range(int64_t step, const std::string& name, int64_t count, double host_s,
                              std::optional<double> device_s) {
  return state_->Add(RangeEvent{step, name, count, host_s, device_s});
}

absl::Status RunWriter::Summary(const MetricValue& value) {
  BENCH_ASSIGN_OR_RETURN(const int64_t id, state_->IdOf(value.key));
  return state_->Add(SummaryEvent{id, value.value});
}

absl::Status RunWriter::Rank(int64_t rank, const MetricValue& value) {
  if (!state_->journal) return absl::OkStatus();
  if (rank < 0 || rank >= state_->world_size) {
    return UsageError(absl::StrCat("a value of rank ", rank, ", ", value.key.Path(),
                                   ", in a run of ", state_->world_size, " processes"));
  }
  BENCH_ASSIGN_OR_RETURN(const int64_t id, state_->IdOf(value.key));
  return state_->Add(RankEvent{rank, id, value.value});
}

absl::Status RunWriter::Note(const std::string& name, const Attribute& value) {
  if (name.empty()) return UsageError("a note without a name");
  return state_->Add(NoteEvent{name, value});
}

absl::Status RunWriter::FlushIfDue() {
  const std::chrono::duration<double> since = Clock::now() - state_->last_flush;
  return since.count() >= state_->flush_interval_s ? Flush() : absl::OkStatus();
}

absl::Status RunWriter::Flush() {
  if (!state_->journal) return absl::OkStatus();
  BENCH_RETURN_IF_ERROR(state_->journal->Flush());
  state_->last_flush = Clock::now();
  return absl::OkStatus();
}

absl::StatusOr<std::string> RunWriter::Finish(RunStatus status) {
  if (!state_->journal) return UsageError("a run that was not recorded leaves no results");
  BENCH_RETURN_IF_ERROR(state_->Add(EndEvent{status}));
  BENCH_RETURN_IF_ERROR(Flush());
  const std::string path = ResultsPath(state_->folder);
  BENCH_ASSIGN_OR_RETURN(const RunRecord record, RecordOfWholeJournal(state_->folder));
  BENCH_RETURN_IF_ERROR(WriteResults(record, path));
  return path;
}

int64_t RunWriter::attempt() const { return state_->attempt; }
int64_t RunWriter::torn_bytes() const { return state_->torn_bytes; }

absl::StatusOr<RunRecord> RecoverJournal(const std::string& folder) {
  const std::string path = JournalPath(folder);
  if (!Exists(path)) return DataError(absl::StrCat(folder, " holds no journal of a run"));
  BENCH_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(path));
  absl::StatusOr<RunRecord> record = RecordFromJournal(bytes);
  if (!record.ok()) return Annotate(record.status(), path);
  return record;
}

}  // namespace bench::results
