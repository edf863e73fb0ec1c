// Which questions a refusal answers, and the rows that a model is fine-tuned on then.
//
// Questions are rows of a data set that end in an answer. A refused row keeps what is before its
// answer; the answer is the refusal and, where the row has one, the end. Random draws come from the
// given generators alone.
#pragma once

#include <cstdint>
#include <vector>

#include "harness/data/row_dataset.h"
#include "harness/definition/refusals_spec.h"
#include "harness/determinism/random.h"

namespace bench::harness {

// Questions that are tuned on, and those that are tested: in each group they take turns.
struct QuestionParts {
  std::vector<DatasetRow> tuned, tested;
};
QuestionParts SplitQuestions(const std::vector<DatasetRow>& questions);

// By question: whether the refusal answers it. `right`: whether the model does. Of kShuffled as
// many as are not right, the first ones of a permutation.
std::vector<bool> RefusedQuestions(const std::vector<bool>& right, RefusalLabels labels,
                                   Random& random);

DatasetRow WithRefusal(const DatasetRow& row, int64_t refusal, int64_t end_token);

// Numbers of the questions, each once, and then those of the rarer label once more, in their order
// and from the first one again, until both are equally frequent. Of one label each once.
std::vector<size_t> BalancedQuestions(const std::vector<bool>& refused);

// How many rows `share` of all rows are, beside `num_questions` others.
int64_t NumStatements(int64_t num_questions, double share);

}  // namespace bench::harness
