#include "results/wrapped_text.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace bench::results {

std::string Wrapped(const std::string& text, int columns, const std::string& first,
                    const std::string& indent) {
  const std::vector<std::string> words = absl::StrSplit(text, ' ', absl::SkipEmpty());
  std::string out;
  std::string line = first;
  bool begun = false;
  for (const std::string& word : words) {
    if (begun && static_cast<int>(line.size() + 1 + word.size()) > columns) {
      absl::StrAppend(&out, line, "\n");
      line = indent;
      begun = false;
    }
    absl::StrAppend(&line, begun ? " " : "", word);
    begun = true;
  }
  return absl::StrCat(out, line, "\n");
}

}  // namespace bench::results
