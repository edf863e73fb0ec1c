// What copying would score on the held-out rows of the first language, in the metrics of the
// answers of a model (harness/stages/clm/row_answers.h): what a model has to beat.
#pragma once

#include <string>
#include <vector>

#include "harness/stages/clm/row_answers.h"
#include "harness/stages/names/name_rows.h"

namespace bench::harness {

struct Copy {
  std::string of;  // "en", or a language
  RowAnswers answers;
};

// First the English name, then the name in each of `languages` but the first; where a language has
// none, the English one.
std::vector<Copy> ScoreCopies(const NameRows& rows, const std::vector<std::string>& languages);

// The copy of another language with the fewest edits, the first of several; null without one.
const Copy* NearestCopy(const std::vector<Copy>& copies);

}  // namespace bench::harness
