#include "results/pages/html.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "results/text.h"

namespace bench::results {

Html Html::Text(std::string_view text) {
  // The last two are characters that XML does not allow.
  return Html(absl::StrReplaceAll(EscapeForTerminal(text), {{"&", "&amp;"},
                                                            {"<", "&lt;"},
                                                            {">", "&gt;"},
                                                            {"\"", "&quot;"},
                                                            {"'", "&#39;"},
                                                            {"\xEF\xBF\xBE", "\xEF\xBF\xBD"},
                                                            {"\xEF\xBF\xBF", "\xEF\xBF\xBD"}}));
}

Html Html::Lines(std::string_view text) {
  Html out;
  const std::vector<std::string> lines = absl::StrSplit(std::string(text), '\n');
  for (const std::string& line : lines) {
    // A line break right behind <pre> would be dropped, the break behind each line is not.
    out += Text(line) + Markup("\n");
  }
  return out;
}

Html Element(const std::string& tag, const HtmlAttributes& attributes, const Html& content) {
  std::string markup = absl::StrCat("<", tag);
  for (const HtmlAttribute& attribute : attributes) {
    absl::StrAppend(&markup, " ", attribute.name, "=\"", Html::Text(attribute.value).str(), "\"");
  }
  absl::StrAppend(&markup, ">", content.str(), "</", tag, ">");
  return Html::Markup(std::move(markup));
}

Html Element(const std::string& tag, const Html& content) { return Element(tag, {}, content); }

Html TextElement(const std::string& tag, std::string_view text) {
  return Element(tag, Html::Text(text));
}

Html Details(std::string_view summary, const Html& content) {
  if (content.empty()) return {};
  return Element("details", TextElement("summary", summary) + content);
}

}  // namespace bench::results
