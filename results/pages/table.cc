#include "results/pages/table.h"

namespace bench::results {
namespace {

// A value and its units stay on one line, in tables that have room for that.
constexpr size_t kShort = 12;
constexpr size_t kMostColumns = 8;

}  // namespace

void HtmlTable::AddRow(const std::vector<Html>& cells, const std::string& style) {
  Html row;
  for (size_t i = 0; i < columns_.size() && i < cells.size(); ++i) {
    const bool keep = cells[i].str().size() <= kShort && columns_.size() <= kMostColumns;
    const Html content =
        keep ? Element("span", {{"class", "short"}}, cells[i]) : Element("span", cells[i]);
    row += i == 0 ? Element("th", {{"role", "rowheader"}, {"scope", "row"}}, content)
                  : Element("td", {{"role", "cell"}, {"data-column", columns_[i]}}, content);
  }
  HtmlAttributes attributes = {{"role", "row"}};
  if (!style.empty()) attributes.push_back({"class", style});
  rows_ += Element("tr", attributes, row) + Html::Markup("\n");
}

void HtmlTable::AddTextRow(const std::vector<std::string>& cells) {
  std::vector<Html> texts;
  for (const std::string& cell : cells) texts.push_back(Html::Text(cell));
  AddRow(texts);
}

Html HtmlTable::Render() const {
  if (rows_.empty()) return {};
  Html titles;
  for (const std::string& column : columns_) {
    titles += Element("th", {{"role", "columnheader"}, {"scope", "col"}}, Html::Text(column));
  }
  const HtmlAttributes group = {{"role", "rowgroup"}};
  return Element("table", {{"role", "table"}},
                 TextElement("caption", caption_) +
                     Element("thead", group, Element("tr", {{"role", "row"}}, titles)) +
                     Element("tbody", group, rows_)) +
         Html::Markup("\n");
}

}  // namespace bench::results
