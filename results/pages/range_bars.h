// Bars of times in the cell of a table: for the eye alone, since their numbers stand beside them.
#pragma once

#include <vector>

#include "results/pages/html.h"

namespace bench::results {

// One below the other in the arms' colours, as long as their share of `longest`. Values that are
// not finite, or negative, have none.
Html RangeBars(const std::vector<double>& values, double longest);

}  // namespace bench::results
