// The page of an experiment's history: what the text says, and a chart of every metric over the
// commits, those that changed first.
#pragma once

#include <string>

#include "results/history/history.h"

namespace bench::results {

std::string RenderHistoryHtml(const History& history);

}  // namespace bench::results
