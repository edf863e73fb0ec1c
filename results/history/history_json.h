// A history as JSON, for programs; FORMAT.md describes it. Numbers that are not finite are null.
#pragma once

#include <string>

#include "results/history/history.h"

namespace bench::results {

std::string RenderHistoryJson(const History& history);

}  // namespace bench::results
