// The quotations of a fortune(6) file: texts separated by lines that hold a single "%".
//
// Sequences that set a terminal's colours (ESC [ ... letter) are removed, white space at both ends
// of a quotation too; empty ones are left out.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bench::corpus {

std::vector<std::string> Quotations(std::string_view bytes);

}  // namespace bench::corpus
