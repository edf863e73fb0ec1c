// Whether a page is well-formed XML, by a reader of its own: every element is closed in its order,
// every attribute quoted, every "&" begins a known entity.
#pragma once

#include <regex>
#include <string>
#include <vector>

namespace bench::results {

// "": it is; else what is wrong.
inline std::string WhatIsMalformed(std::string page) {
  const std::string doctype = "<!DOCTYPE html>\n";
  if (page.rfind(doctype, 0) == 0) page.erase(0, doctype.size());
  static const std::regex kTag(R"re(^</?([a-z0-9]+)((?: [A-Za-z-]+="[^"<]*")*)(/?)>)re");
  static const std::regex kEntity(R"(^&(amp|lt|gt|quot|#39);)");
  std::vector<std::string> open;
  for (size_t i = 0; i < page.size();) {
    const std::string here = page.substr(i, page[i] == '<' ? page.find('>', i) - i + 1 : 8);
    std::smatch match;
    if (page[i] == '&' && !std::regex_search(here, kEntity)) return "an entity: " + here;
    if (page[i] != '<') {
      ++i;
      continue;
    }
    if (!std::regex_search(here, match, kTag)) return "a tag: " + here;
    const bool closes = here[1] == '/';
    if (closes && (open.empty() || open.back() != match[1])) return "closed too early: " + here;
    if (closes) open.pop_back();
    if (!closes && match[3].str().empty()) open.push_back(match[1]);
    i += here.size();
  }
  return open.empty() ? "" : "never closed: " + open.back();
}

// How often `what` is in `text`.
inline size_t CountOf(const std::string& text, const std::string& what) {
  size_t count = 0;
  for (size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++count;
  return count;
}

}  // namespace bench::results
