// The readable text of an HTML page.
//
// Parsed as browsers do (gumbo, HTML5). Dropped with all they hold: head, script, style, nav,
// noscript, template, iframe, object, svg, aside, footer, form controls, and elements with the
// attribute `hidden`. White space collapses outside pre; paragraphs, headings, lists, tables,
// quotations and pre stand between blank lines; other blocks, list items, rows and br begin a line;
// cells are separated by a space.
//
// Errors: DataError for invalid UTF-8 (with its byte) and for elements nested deeper than 20,000,
// which the parser's own recursion would not survive.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace bench::corpus {

absl::StatusOr<std::string> HtmlToText(std::string_view html);

}  // namespace bench::corpus
