// A history as text for a terminal: of each series what it is, of each metric its values over the
// commits as bars, the first and the last, and every change of level with the commit where it
// begins. Names from files are escaped.
#pragma once

#include <string>

#include "results/history/history.h"

namespace bench::results {

std::string RenderHistoryText(const History& history, int columns);

// What text and page say alike, escaped for a terminal: "clm_tiny@1: 12 runs of 9 commits, ...";
// what the runs of a series have in common; a change; what was left out ("" for nothing); how many
// changes there are.
std::string SectionTitle(const HistorySection& section);
std::string SeriesText(const SeriesKey& key);
std::string ChangeText(const HistoryChange& change, const MetricHistory& metric,
                       const HistorySection& section);
std::string LeftOutText(const History& history);
std::string ConclusionText(const History& history);

// "1a2b3c4d5e6f", with "+" behind it where the tree differed from the commit; "unknown source".
std::string CommitName(const HistoryCommit& commit);

}  // namespace bench::results
