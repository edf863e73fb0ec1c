#include "harness/corpus/markdown_text.h"

#include <cmark.h>

#include <cstdlib>
#include <memory>

#include "harness/corpus/html_text.h"

namespace bench::corpus {
namespace {

std::string_view WithoutFrontMatter(std::string_view markdown) {
  constexpr std::string_view kFence = "---\n";
  if (!markdown.starts_with(kFence)) return markdown;
  const size_t end = markdown.find("\n---\n", kFence.size() - 1);
  return end == std::string_view::npos ? markdown : markdown.substr(end + kFence.size() + 1);
}

}  // namespace

absl::StatusOr<std::string> MarkdownToText(std::string_view markdown) {
  const std::string_view body = WithoutFrontMatter(markdown);
  // Raw HTML is let through: its text counts, and its scripts are dropped with the rest.
  const std::unique_ptr<char, void (*)(void*)> html(
      cmark_markdown_to_html(body.data(), body.size(), CMARK_OPT_UNSAFE), &std::free);
  return HtmlToText(html.get());
}

}  // namespace bench::corpus
