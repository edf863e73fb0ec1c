#include "harness/generated/row_source.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "base/even_share.h"
#include "base/status.h"
#include "harness/control/parallel.h"
#include "harness/definition/enum_names.h"
#include "harness/generated/grammars.h"

namespace bench::harness::generated {
namespace {

// At least a thousandth of the keys are held out: so many draws without one are no accident.
constexpr int64_t kMostDraws = 100000;
// Rows that a thread draws at a time.
constexpr int64_t kRowsPerPiece = 256;

}  // namespace

absl::StatusOr<RowSource> RowSource::Create(const GeneratedSpec& spec, int64_t base_seed) {
  const KeySplit split(base_seed, spec.held_out_fraction);
  BENCH_ASSIGN_OR_RETURN(std::unique_ptr<RowGrammar> grammar, MakeGrammar(spec, split));
  return RowSource(spec, split, std::move(grammar));
}

int64_t RowSource::num_rows(Part part) const {
  return part == Part::kTrain ? spec_.train_rows : spec_.validation_rows;
}

absl::StatusOr<Row> RowSource::RowAt(Part part, int64_t index) const {
  const std::string name = absl::StrCat(internal::View(Name(spec_.grammar)), "/",
                                        internal::View(Name(part)), "/", index);
  RowStreams streams{split_.Stream(name), split_.Stream(absl::StrCat(name, "/control"))};
  for (int64_t draw = 0; draw < kMostDraws; ++draw) {
    Row row = grammar_->Draw(part, index, streams);
    if (row.key.empty() || split_.IsHeldOut(row.key) == (part == Part::kValidation)) return row;
  }
  return DataError(absl::StrCat("of ", kMostDraws, " rows drawn none has a key of the part \"",
                                internal::View(Name(part)),
                                "\": the grammar has too few keys, or generated.held_out_fraction "
                                "leaves it none"));
}

absl::StatusOr<std::vector<Row>> RowSource::Rows(Part part, int64_t begin, int64_t end,
                                                 int64_t num_threads) const {
  std::vector<Row> rows(static_cast<size_t>(end - begin));
  const int64_t num_pieces = (end - begin + kRowsPerPiece - 1) / kRowsPerPiece;
  BENCH_RETURN_IF_ERROR(ForEachInParallel(num_pieces, num_threads, [&](int64_t piece) {
    const Share share = EvenShare(end - begin, num_pieces, piece);
    for (int64_t i = share.begin; i < share.end; ++i) {
      absl::StatusOr<Row> row = RowAt(part, begin + i);
      if (!row.ok()) return row.status();
      rows[static_cast<size_t>(i)] = *std::move(row);
    }
    return absl::OkStatus();
  }));
  return rows;
}

}  // namespace bench::harness::generated
