// Markup that text cannot become by accident: what comes from a file or a command line enters a
// page by Html::Text, which escapes it, and by no other way.
//
// Control characters and bidirectional overrides are shown and not sent (results/text.h). Pages are
// well-formed XML as well as HTML: every element is closed, every attribute quoted, every character
// allowed, so that any reader of XML can check them.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bench::results {

class Html {
 public:
  Html() = default;
  // Text of any origin, for the content of an element and for a quoted attribute.
  static Html Text(std::string_view text);
  // The same with its line ends kept, for <pre>.
  static Html Lines(std::string_view text);
  // Markup that the program writes itself.
  static Html Markup(std::string markup) { return Html(std::move(markup)); }

  Html& operator+=(const Html& other) {
    markup_ += other.markup_;
    return *this;
  }
  friend Html operator+(Html left, const Html& right) { return left += right; }

  bool empty() const { return markup_.empty(); }
  const std::string& str() const { return markup_; }

 private:
  explicit Html(std::string markup) : markup_(std::move(markup)) {}

  std::string markup_;
};

struct HtmlAttribute {
  std::string name;
  std::string value;  // escaped when it is written
};
using HtmlAttributes = std::vector<HtmlAttribute>;

// <tag name="value">content</tag>
Html Element(const std::string& tag, const HtmlAttributes& attributes, const Html& content);
Html Element(const std::string& tag, const Html& content);
// <tag>text</tag>
Html TextElement(const std::string& tag, std::string_view text);

// What a reader opens to see: a summary, and the content below it. Nothing where that is empty.
Html Details(std::string_view summary, const Html& content);

}  // namespace bench::results
