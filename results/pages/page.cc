#include "results/pages/page.h"

#include "absl/strings/str_cat.h"
#include "results/pages/page_style.h"
#include "results/pages/svg.h"

namespace bench::results {
namespace {

constexpr char kPolicy[] =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

std::string Id(size_t section) { return absl::StrCat("s", section + 1); }

}  // namespace

void Page::AddSection(const std::string& title, const Html& content) {
  if (!content.empty()) sections_.push_back({title, content});
}

std::string Page::Render() const {
  Html links;
  Html body;
  for (size_t i = 0; i < sections_.size(); ++i) {
    const Section& section = sections_[i];
    links += Element("li",
                     Element("a", {{"href", absl::StrCat("#", Id(i))}}, Html::Text(section.title)));
    body += Element("section", {{"aria-labelledby", Id(i)}},
                    Element("h2", {{"id", Id(i)}}, Html::Text(section.title)) + Html::Markup("\n") +
                        section.content) +
            Html::Markup("\n");
  }
  const Html nav = sections_.empty()
                       ? Html()
                       : Element("nav", {{"aria-label", "Sections"}}, Element("ul", links));
  return absl::StrCat(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n",
      "<meta http-equiv=\"Content-Security-Policy\" content=\"", Html::Text(kPolicy).str(),
      "\"/>\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n",
      TextElement("title", title_).str(), "\n<style>", kPageStyle, "</style>\n</head>\n<body>\n",
      Element("header", TextElement("h1", heading_) + lead_ + nav).str(), "\n",
      Element("main", Html::Markup("\n") + body).str(), "\n</body>\n</html>\n");
}

Html TextList(const std::vector<std::string>& lines) {
  Html items;
  for (const std::string& line : lines) items += TextElement("li", line);
  return items.empty() ? Html() : Element("ul", items);
}

Html ChartGrid(const Html& figures) {
  if (figures.empty()) return {};
  return Element("div", {{"class", "charts"}}, figures) + Html::Markup("\n");
}

Html Legend(const std::vector<std::string>& arms) {
  Html items;
  for (size_t i = 0; i < arms.size(); ++i) {
    items += Element("li", LegendSwatch(i) + Html::Text(arms[i]));
  }
  return Element("ul", {{"class", "legend"}}, items);
}

}  // namespace bench::results
