// A line of a report broken into lines of a width.
#pragma once

#include <string>

namespace bench::results {

// Words of `text`, as many a line as fit into `columns`, behind `first` on the first line and
// `indent` on those after it; each line ends with LF. A word is never broken: one that is longer
// has a line of its own. A byte counts as a column.
std::string Wrapped(const std::string& text, int columns, const std::string& first = "",
                    const std::string& indent = "  ");

}  // namespace bench::results
