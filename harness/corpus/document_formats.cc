#include "harness/corpus/document_formats.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "harness/corpus/bible_data.h"
#include "harness/corpus/byte_source.h"
#include "harness/corpus/charset.h"
#include "harness/corpus/html_text.h"
#include "harness/corpus/markdown_text.h"
#include "harness/corpus/quotations.h"
#include "harness/corpus/record_joiner.h"
#include "harness/corpus/wordnet.h"
#include "harness/data/gettext.h"
#include "harness/text/text.h"

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
    const std::string& translation = message.translations[0];
    const auto is_excluded = [&](std::string_view text) {
      return options.exclude_message && !text.empty() && options.exclude_message(text);
    };
    if (is_excluded(message.id) || is_excluded(translation)) continue;
    translations.push_back(translation);
  }
  return Join(translations, kLineBreak, options);
}

absl::StatusOr<Texts> MessageDocuments(const std::string& path, const ReaderOptions& options) {
  std::error_code error;  // of a file that is not there, which reading it tells
  const auto size = std::filesystem::file_size(path, error);
  if (!error && size > static_cast<uintmax_t>(options.max_document_bytes)) {
    return DataError(absl::StrCat("over ", options.max_document_bytes, " bytes"));
  }
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

absl::StatusOr<Texts> PageDocument(std::string_view bytes) {
  BENCH_ASSIGN_OR_RETURN(const std::string html, HtmlInUtf8(bytes));
  return One(HtmlToText(html));
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
      return PageDocument(bytes);
    case DocumentFormat::kManual:
      return One(ManualToText(bytes, options.manual));
    case DocumentFormat::kCatalogue:
      return CatalogueDocuments(bytes, path, options);
    case DocumentFormat::kQuotations: {
      // Before records are counted in characters, the file must be text.
      if (const auto invalid = harness::FirstInvalidUtf8(bytes)) {
        return DataError(absl::StrCat("not valid UTF-8 at byte ", *invalid));
      }
      return Join(Quotations(bytes), kBlankLine, options);
    }
    case DocumentFormat::kWordNet:
      return WordNetDocuments(bytes, options);
    case DocumentFormat::kBible:
      return BibleChapters(bytes, options.max_document_bytes);
    default:
      return Texts{std::move(bytes)};
  }
}

}  // namespace bench::corpus
