// The charts of all curves of one or several arms, by what they say something about.
#pragma once

#include <string>
#include <vector>

#include "results/pages/html.h"
#include "results/record.h"

namespace bench::results {

struct RecordArm {
  std::string name;
  std::vector<const RunRecord*> runs;
};

struct CurveCharts {
  Html learning;  // evaluations first
  Html others;    // times, memory, counts
  // Curves of a single point, as a table: a chart of them would show nothing.
  Html points;
};

// Over the tokens seen in training, or over steps where tokens do not rise with every point.
CurveCharts DrawCurves(const std::vector<RecordArm>& arms);

}  // namespace bench::results
