#include "harness/run/inspection_text.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/status.h"

namespace bench::harness {
namespace {

bool IsContinuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

void AppendEscaped(std::string_view text, std::string& out) {
  for (const char c : text) {
    switch (c) {
      case '\n':
        out.append("\\n");
        break;
      case '\t':
        out.append("\\t");
        break;
      case '\r':
        out.append("\\r");
        break;
      case '"':
      case '\\':
        out.push_back('\\');
        out.push_back(c);
        break;
      default:
        out.push_back(c);
    }
  }
}

}  // namespace

std::string Labelled(std::string_view label, std::string_view text) {
  return absl::StrFormat("%-14s %s", absl::StrCat(internal::View(label), ":"),
                         internal::View(text));
}

void Append(InspectionLines more, InspectionLines& lines) {
  for (std::string& line : more) lines.push_back(std::move(line));
}

std::string Escaped(std::string_view text, size_t most_bytes) {
  std::string out = "\"";
  if (text.size() <= most_bytes) {
    AppendEscaped(text, out);
  } else {
    size_t head = most_bytes / 2, tail = text.size() - most_bytes / 2;
    while (head > 0 && IsContinuation(text[head])) --head;
    while (tail < text.size() && IsContinuation(text[tail])) ++tail;
    AppendEscaped(text.substr(0, head), out);
    absl::StrAppend(&out, "\" ... ", tail - head, " bytes ... \"");
    AppendEscaped(text.substr(tail), out);
  }
  out.push_back('"');
  return out;
}

InspectionLines RefusedLines(const SkippedRecords& refused) {
  InspectionLines lines;
  for (const std::string& line : refused.DetailedLines()) {
    lines.push_back(Labelled("refused", line));
  }
  return lines;
}

std::string Spread::Text() const {
  if (count_ == 0) return "none";
  if (least_ == most_) return absl::StrCat(least_);
  return absl::StrFormat("%d to %d, %.1f on average", least_, most_,
                         static_cast<double>(sum_) / static_cast<double>(count_));
}

}  // namespace bench::harness
