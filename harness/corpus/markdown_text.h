// The readable text of a Markdown file: CommonMark (cmark) to HTML, HTML to text (html_text.h), so
// that both formats give paragraphs, lists and code the same form. A YAML front matter (from a
// first line "---" to the next) is dropped. Errors: those of HtmlToText.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace bench::corpus {

absl::StatusOr<std::string> MarkdownToText(std::string_view markdown);

}  // namespace bench::corpus
