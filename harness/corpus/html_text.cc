#include "harness/corpus/html_text.h"

#include <gumbo.h>

#include <algorithm>
#include <array>
#include <memory>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "harness/text/text.h"

namespace bench::corpus {
namespace {

constexpr size_t kMaxDepth = 20'000;

constexpr std::array kDropped = {
    GUMBO_TAG_HEAD,   GUMBO_TAG_SCRIPT, GUMBO_TAG_STYLE,    GUMBO_TAG_NAV,     GUMBO_TAG_NOSCRIPT,
    GUMBO_TAG_IFRAME, GUMBO_TAG_OBJECT, GUMBO_TAG_SVG,      GUMBO_TAG_ASIDE,   GUMBO_TAG_FOOTER,
    GUMBO_TAG_BUTTON, GUMBO_TAG_SELECT, GUMBO_TAG_TEXTAREA, GUMBO_TAG_TEMPLATE};
constexpr std::array kParagraphs = {
    GUMBO_TAG_P,  GUMBO_TAG_H1,  GUMBO_TAG_H2,         GUMBO_TAG_H3, GUMBO_TAG_H4,
    GUMBO_TAG_H5, GUMBO_TAG_H6,  GUMBO_TAG_BLOCKQUOTE, GUMBO_TAG_UL, GUMBO_TAG_OL,
    GUMBO_TAG_DL, GUMBO_TAG_PRE, GUMBO_TAG_TABLE,      GUMBO_TAG_HR, GUMBO_TAG_FIGURE};
constexpr std::array kBlocks = {
    GUMBO_TAG_DIV,     GUMBO_TAG_SECTION, GUMBO_TAG_ARTICLE,   GUMBO_TAG_HEADER, GUMBO_TAG_MAIN,
    GUMBO_TAG_ADDRESS, GUMBO_TAG_LI,      GUMBO_TAG_DT,        GUMBO_TAG_DD,     GUMBO_TAG_TR,
    GUMBO_TAG_CAPTION, GUMBO_TAG_FORM,    GUMBO_TAG_FIGCAPTION};
// Not counted by DepthOf: without content, or closed by the next of their kind.
constexpr std::array<std::string_view, 22> kFlat = {
    "area", "base", "br",     "col", "dd",    "dt",     "embed", "hr", "img", "input", "li",
    "link", "meta", "option", "p",   "param", "source", "td",    "th", "tr",  "track", "wbr"};

template <typename Tags>
bool Among(const Tags& tags, GumboTag tag) {
  return std::find(tags.begin(), tags.end(), tag) != tags.end();
}

// An upper bound of how deep elements nest, from the tags alone.
size_t DepthOf(std::string_view html) {
  size_t depth = 0, deepest = 0;
  for (size_t i = html.find('<'); i != std::string_view::npos; i = html.find('<', i + 1)) {
    const bool closing = i + 1 < html.size() && html[i + 1] == '/';
    size_t end = i + 1 + closing;
    while (end < html.size() && absl::ascii_isalnum(static_cast<unsigned char>(html[end]))) ++end;
    const std::string name = absl::AsciiStrToLower(
        absl::string_view(html.data() + i + 1 + closing, end - i - 1 - closing));
    if (name.empty() || std::find(kFlat.begin(), kFlat.end(), name) != kFlat.end()) continue;
    if (!closing) deepest = std::max(deepest, ++depth);
    if (closing && depth > 0) --depth;
  }
  return deepest;
}

// Text with its white space collapsed and its breaks merged.
class TextWriter {
 public:
  void Break(int num_newlines) {
    newlines_ = std::max(newlines_, num_newlines);
    space_ = false;
  }
  void Space() { space_ = newlines_ == 0 && !text_.empty() && text_.back() != '\n'; }
  void Collapsed(std::string_view text) {
    for (const char c : text) {
      if (absl::ascii_isspace(static_cast<unsigned char>(c))) {
        Space();
      } else {
        Put(c);
      }
    }
  }
  void Verbatim(std::string_view text) {
    for (const char c : text) Put(c);
  }
  std::string Take() { return std::move(text_); }

 private:
  void Put(char c) {
    if (newlines_ > 0 && !text_.empty()) text_.append(static_cast<size_t>(newlines_), '\n');
    if (space_) text_.push_back(' ');
    newlines_ = 0;
    space_ = false;
    text_.push_back(c);
  }
  std::string text_;
  int newlines_ = 0;
  bool space_ = false;
};

class Extraction {
 public:
  std::string Run(const GumboNode* root) {
    Enter(root);
    while (!open_.empty()) {
      Open& top = open_.back();
      const GumboVector& children = top.node->v.element.children;
      if (top.next_child < children.length) {
        Visit(static_cast<const GumboNode*>(children.data[top.next_child++]));
      } else {
        Leave();
      }
    }
    return writer_.Take();
  }

 private:
  struct Open {
    const GumboNode* node;
    unsigned next_child = 0;
    int num_newlines = 0;
  };

  void Visit(const GumboNode* node) {
    switch (node->type) {
      case GUMBO_NODE_ELEMENT:
        return Enter(node);
      case GUMBO_NODE_TEXT:
      case GUMBO_NODE_CDATA:
      case GUMBO_NODE_WHITESPACE:
        return num_pre_ > 0 ? writer_.Verbatim(node->v.text.text)
                            : writer_.Collapsed(node->v.text.text);
      default:
        return;  // comments, templates
    }
  }

  void Enter(const GumboNode* node) {
    const GumboElement& element = node->v.element;
    if (Among(kDropped, element.tag) || gumbo_get_attribute(&element.attributes, "hidden")) return;
    if (element.tag == GUMBO_TAG_BR) return writer_.Verbatim("\n");
    if (element.tag == GUMBO_TAG_TD || element.tag == GUMBO_TAG_TH) writer_.Space();
    int num_newlines = Among(kBlocks, element.tag) ? 1 : 0;
    if (Among(kParagraphs, element.tag)) num_newlines = 2;
    if (num_newlines > 0) writer_.Break(num_newlines);
    num_pre_ += element.tag == GUMBO_TAG_PRE;
    open_.push_back({node, 0, num_newlines});
  }

  void Leave() {
    if (open_.back().num_newlines > 0) writer_.Break(open_.back().num_newlines);
    num_pre_ -= open_.back().node->v.element.tag == GUMBO_TAG_PRE;
    open_.pop_back();
  }

  std::vector<Open> open_;  // own stack: nesting is the page's choice
  TextWriter writer_;
  int num_pre_ = 0;
};

}  // namespace

absl::StatusOr<std::string> HtmlToText(std::string_view html) {
  if (const auto invalid = harness::FirstInvalidUtf8(html)) {
    return DataError(absl::StrCat("not valid UTF-8 at byte ", *invalid));
  }
  if (DepthOf(html) > kMaxDepth) {
    return DataError(absl::StrCat("elements nested deeper than ", kMaxDepth));
  }
  const auto destroy = [](GumboOutput* output) {
    gumbo_destroy_output(&kGumboDefaultOptions, output);
  };
  const std::unique_ptr<GumboOutput, decltype(destroy)> page(
      gumbo_parse_with_options(&kGumboDefaultOptions, html.data(), html.size()), destroy);
  return Extraction().Run(page->root);
}

}  // namespace bench::corpus
