#include "results/record_journal.h"

#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "results/journal.h"
#include "results/journal_codec.h"
#include "results/table_shape.h"

namespace bench::results {
namespace {

// Writes one record's events, all but the first in its last attempt.
class RecordWriter {
 public:
  explicit RecordWriter(const RunRecord& record) : record_(record) {}

  absl::StatusOr<std::string> Write() {
    Begin();
    for (const auto& [path, series] : record_.steps) Rows(RowGroup::kSteps, series);
    for (const auto& [path, series] : record_.evals) Rows(RowGroup::kEvals, series);
    for (const auto& [name, range] : record_.ranges) Range(name, range);
    for (const auto& [path, samples] : record_.samples) Samples(samples);
    for (const auto& [name, digests] : record_.digests) Digests(name, digests);
    for (const auto& [name, table] : record_.tables) TableRows(name, table);
    for (const auto& [path, summary] : record_.summary) {
      Add(SummaryEvent{Declare(summary.metric), summary.value});
    }
    for (const auto& [rank, values] : record_.ranks) Ranks(rank, values);
    for (const auto& [name, value] : record_.notes) Add(NoteEvent{name, value});
    Add(EndEvent{record_.status});
    BENCH_RETURN_IF_ERROR(status_);
    return std::move(bytes_);
  }

 private:
  void Add(EventBody body) {
    absl::StatusOr<std::string> frame = EncodeFrame(EncodeEvent({attempt_, std::move(body)}));
    if (frame.ok()) {
      bytes_ += *frame;
    } else {
      status_.Update(frame.status());
    }
  }

  void Begin() {
    Add(BeginEvent{HeaderOf(attempt_), std::nullopt, record_.torn_bytes});
    for (const int64_t step : record_.resumed_from) {
      ++attempt_;
      Add(BeginEvent{HeaderOf(attempt_), step, 0});
    }
  }

  // That of the last attempt is the record's. Of an earlier one only its facts are kept; without a
  // run id there are none.
  RunHeader HeaderOf(int64_t attempt) const {
    RunHeader header = record_.header;
    if (attempt == record_.attempts) return header;
    const auto found = record_.attempt_facts.find(attempt);
    const Attempt facts = found == record_.attempt_facts.end() ? Attempt{} : found->second;
    header.run_id = facts.run_id;
    header.strict = facts.strict;
    header.machine_class = facts.machine_class;
    header.device = facts.device;
    header.threads = facts.threads;
    header.world_size = facts.world_size;
    header.provenance = facts.provenance;
    return header;
  }

  int64_t Declare(const MetricInfo& metric) {
    Add(MetricEvent{++num_metrics_, metric});
    return num_metrics_;
  }

  void Rows(RowGroup group, const Series& series) {
    const int64_t id = Declare(series.metric);
    for (size_t i = 0; i < series.step.size(); ++i) {
      const RowPosition position{series.step[i], series.tokens[i], series.wall_time_s[i]};
      Add(RowEvent{group, position, {{id, series.value[i]}}});
    }
  }

  void Range(const std::string& name, const RangeSeries& range) {
    for (size_t i = 0; i < range.step.size(); ++i) {
      Add(RangeEvent{range.step[i], name, range.count[i], range.host_s[i], range.device_s[i]});
    }
  }

  void Samples(const SampleSeries& samples) {
    const int64_t id = Declare(samples.metric);
    for (const double value : samples.value) Add(SampleEvent{id, value});
  }

  void Ranks(int64_t rank, const std::map<std::string, SummaryValue>& values) {
    for (const auto& [path, item] : values) Add(RankEvent{rank, Declare(item.metric), item.value});
  }

  void Digests(const std::string& name, const DigestSeries& digests) {
    for (size_t i = 0; i < digests.step.size(); ++i) {
      Add(DigestEvent{digests.step[i], name, digests.sha256[i]});
    }
  }

  void TableRows(const std::string& name, const Table& table) {
    const bool has_step = table.columns.front() == kStepColumn;
    for (const std::vector<Cell>& cells : table.rows) {
      TableEvent event{name, std::nullopt, {}};
      if (has_step) event.step = std::get<int64_t>(cells.front());
      for (size_t c = has_step ? 1 : 0; c < cells.size(); ++c) {
        event.row.emplace_back(table.columns[c], cells[c]);
      }
      Add(std::move(event));
    }
  }

  const RunRecord& record_;
  int64_t attempt_ = 1;
  int64_t num_metrics_ = 0;
  std::string bytes_;
  absl::Status status_;
};

}  // namespace

absl::StatusOr<ReadJournal> FoldJournal(std::string_view bytes) {
  const JournalFrames frames = SplitFrames(bytes);
  if (frames.payloads.empty()) {
    return DataError(absl::StrCat("no valid frame in ", bytes.size(), " bytes",
                                  frames.torn_reason.empty() ? "" : ": ", frames.torn_reason));
  }
  ReadJournal journal;
  journal.valid_bytes = frames.valid_bytes;
  journal.torn_bytes = frames.torn_bytes;
  for (size_t i = 0; i < frames.payloads.size(); ++i) {
    const std::string where = absl::StrCat("frame ", i + 1);
    const absl::StatusOr<Event> event = DecodeEvent(frames.payloads[i]);
    if (!event.ok()) return Annotate(event.status(), where);
    BENCH_RETURN_IF_ERROR(Annotate(journal.builder.Apply(*event), where));
  }
  return journal;
}

absl::StatusOr<RunRecord> RecordFromJournal(std::string_view bytes) {
  BENCH_ASSIGN_OR_RETURN(const ReadJournal journal, FoldJournal(bytes));
  BENCH_ASSIGN_OR_RETURN(RunRecord record, journal.builder.Build());
  record.torn_bytes += journal.torn_bytes;
  return record;
}

absl::StatusOr<std::string> JournalFromRecord(const RunRecord& record) {
  return RecordWriter(record).Write();
}

}  // namespace bench::results
