// How the documents of a file are written.
#pragma once

#include <array>
#include <string_view>

namespace bench::harness {

enum class DocumentFormat {
  kText,
  kMarkdown,
  kHtml,
  kManual,      // man or mdoc
  kCatalogue,   // gettext .mo
  kJsonLines,   // a field "text"
  kQuotations,  // of fortune(6), separated by lines of "%"
  kWordNet,     // data files of WordNet's database
  kBible,       // the compressed text of bible(1)
  kMessages,    // the records of a source of kind "gettext" (source.h)
  kCsv,         // a column "text", with a header
  kTsv,
  kParquet,  // a column "text"
  kWarc,     // the pages and texts of a web archive
  kJson,     // objects with a field "text": a list, or one within an object
};
constexpr std::array<std::string_view, 15> EnumNames(DocumentFormat) {
  return {"text",  "markdown", "html", "manual", "catalogue", "json_lines", "quotations", "wordnet",
          "bible", "messages", "csv",  "tsv",    "parquet",   "warc",       "json"};
}

}  // namespace bench::harness
