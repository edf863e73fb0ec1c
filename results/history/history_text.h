// A history as text for a terminal: of each series what it is, of each metric its values over the
// commits as bars, the first and the last, and every change of level with the commit where it
// begins. Names from files are escaped.
#pragma once

#include <string>

#include "results/history/history.h"

namespace bench::results {

std::string RenderHistoryText(const History& history, int columns);

// "1a2b3c4d5e6f", with "+" behind it where the tree differed from the commit; "unknown source".
std::string CommitName(const HistoryCommit& commit);

}  // namespace bench::results
