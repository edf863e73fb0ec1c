#include "harness/corpus/document_formats.h"

#include <utility>

#include "base/status.h"
#include "harness/corpus/bible_data.h"
#include "harness/corpus/byte_source.h"
#include "harness/corpus/html_text.h"
#include "harness/corpus/markdown_text.h"
#include "harness/corpus/quotations.h"
#include "harness/corpus/record_joiner.h"
#include "harness/corpus/unicode_text.h"
#include "harness/corpus/wordnet.h"
#include "harness/data/gettext.h"

namespace bench::corpus {
namespace {

using Texts = std::vector<std::string>;

constexpr std::string_view kLineBreak = "\n";
constexpr std::string_view kBlankLine = "\n\n";

absl::StatusOr<Texts> One(absl::StatusOr<std::string> text) {
  BENCH_RETURN_IF_ERROR(text.status());
  return Texts{*std::move(text)};
}

// A file without records has one empty document, which the reader refuses.
Texts Join(const Texts& records, std::string_view separator, const ReaderOptions& options) {
  RecordJoiner joiner(separator, options.min_joined_characters);
  Texts documents;
  for (const std::string& record : records) {
    if (record.empty()) continue;
    if (auto document = joiner.Add(record)) documents.push_back(*std::move(document));
  }
  std::string rest = joiner.TakeRest();
  if (!rest.empty() || documents.empty()) documents.push_back(std::move(rest));
  return documents;
}

absl::StatusOr<Texts> CatalogueDocuments(std::string_view bytes, const std::string& path,
                                         const ReaderOptions& options) {
  BENCH_ASSIGN_OR_RETURN(const auto messages, harness::ParseCatalogue(bytes, path));
  Texts translations;
  for (const harness::CatalogueMessage& message : messages) {
    translations.push_back(message.translations[0]);
  }
  return Join(translations, kLineBreak, options);
}

absl::StatusOr<Texts> MessageDocuments(const std::string& path, const ReaderOptions& options) {
  BENCH_ASSIGN_OR_RETURN(const MessageTexts texts, ReadMessageTexts(path, options.exclude_message));
  Texts documents;
  for (const Texts& language : texts) {
    if (language.empty()) continue;
    for (std::string& document : Join(language, kLineBreak, options)) {
      documents.push_back(std::move(document));
    }
  }
  return documents;
}

absl::StatusOr<Texts> WordNetDocuments(std::string_view bytes, const ReaderOptions& options) {
  BENCH_ASSIGN_OR_RETURN(const Texts definitions, WordNetDefinitions(bytes));
  return Join(definitions, kLineBreak, options);
}

}  // namespace

absl::StatusOr<std::vector<std::string>> DocumentTexts(const std::string& path,
                                                       DocumentFormat format,
                                                       const ReaderOptions& options) {
  if (format == DocumentFormat::kMessages) return MessageDocuments(path, options);
  BENCH_ASSIGN_OR_RETURN(std::string bytes, ReadBytes(path, options.max_document_bytes));
  switch (format) {
    case DocumentFormat::kMarkdown:
      return One(MarkdownToText(bytes));
    case DocumentFormat::kHtml:
      return One(HtmlToText(bytes));
    case DocumentFormat::kManual:
      return One(ManualToText(bytes, options.manual));
    case DocumentFormat::kCatalogue:
      return CatalogueDocuments(bytes, path, options);
    case DocumentFormat::kQuotations: {
      // Before records are counted in characters, the file must be text.
      BENCH_RETURN_IF_ERROR(NormalizeText(bytes).status());
      return Join(Quotations(bytes), kBlankLine, options);
    }
    case DocumentFormat::kWordNet:
      return WordNetDocuments(bytes, options);
    case DocumentFormat::kBible:
      return BibleChapters(bytes);
    default:
      return Texts{std::move(bytes)};
  }
}

}  // namespace bench::corpus
