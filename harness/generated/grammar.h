// What a grammar is: symbols, groups that its rows are scored in, and how a row is drawn.
//
// To add a grammar: its table in harness/definition/generated_spec.h, its file here, one line in
// grammars.cc, and a second implementation in tests/harness/generated/*_oracle.py.
// A change of what a grammar draws raises its version there.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/data/row_dataset.h"
#include "harness/data/statement_space.h"
#include "harness/determinism/random.h"

namespace bench::harness::generated {

enum class Part { kTrain, kValidation };
constexpr std::array<std::string_view, 2> EnumNames(Part) { return {"train", "validation"}; }

struct Row {
  std::vector<int64_t> tokens;
  std::vector<TokenMark> marks;  // of the tokens; the first is never a target
  int64_t group = 0;
  // What decides about its part (key_split.h); empty: nothing does, as of the facts.
  std::string key;
  // By predictor: -log p of each token given those before it, 0 where it is no target.
  std::vector<std::vector<double>> predictor_nll;

  void Add(int64_t token, TokenMark mark) {
    tokens.push_back(token);
    marks.push_back(mark);
  }
};

// The random streams of one row. A row that is drawn again goes on where they are.
struct RowStreams {
  Random row;  // everything that its key depends on
  // What a control has instead of the truth (wrong states, another rule, another sum): a stream of
  // its own, so that controls ask the same questions as what they are the controls of.
  Random control;
};

class RowGrammar {
 public:
  virtual ~RowGrammar() = default;
  RowGrammar(const RowGrammar&) = delete;
  RowGrammar& operator=(const RowGrammar&) = delete;

  // Symbol i has the id kFirstSymbol + i (symbol_model.h).
  const std::vector<std::string>& symbols() const { return symbols_; }
  const std::vector<std::string>& groups() const { return groups_; }
  // Predictors that are computed, not trained. The first one is exact: no other can have a smaller
  // expected loss.
  const std::vector<std::string>& predictors() const { return predictors_; }

  // Row `index` of the part. It is drawn again from where its streams then are if its key belongs
  // to the other part. For several threads.
  virtual Row Draw(Part part, int64_t index, RowStreams& streams) const = 0;

  // What the rows could state, and what of it is true; none where rows are no statements, or too
  // many to be enumerated.
  virtual std::optional<StatementSpace> Statements() const { return std::nullopt; }

  // Of the training rows, the fraction whose fact no other one has; none of rows that have no
  // facts.
  virtual std::optional<double> MonofactRate() const { return std::nullopt; }

 protected:
  RowGrammar(std::vector<std::string> symbols, std::vector<std::string> groups,
             std::vector<std::string> predictors = {})
      : symbols_(std::move(symbols)),
        groups_(std::move(groups)),
        predictors_(std::move(predictors)) {}

 private:
  std::vector<std::string> symbols_, groups_, predictors_;
};

}  // namespace bench::harness::generated
