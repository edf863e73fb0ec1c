#include "harness/corpus/message_texts.h"

#include <algorithm>

#include "base/status.h"
#include "harness/data/source.h"
#include "harness/data/translation_text.h"

namespace bench::corpus {
namespace {

using harness::CatalogueRecord;
using harness::MessageDrop;
using harness::TranslatedMessage;

std::string TranslationInto(const CatalogueRecord& record, const std::string& language) {
  const auto found = record.translations.find(language);
  return found == record.translations.end() ? "" : found->second;
}

bool IsRunningText(const TranslatedMessage& message) {
  const auto reason = harness::DropReason(message);
  return !reason || *reason == MessageDrop::kSeveralLines;
}

}  // namespace

absl::StatusOr<MessageTexts> ReadMessageTexts(const std::string& path,
                                              const TextPredicate& exclude) {
  BENCH_ASSIGN_OR_RETURN(const auto records, harness::ReadCatalogueRecords({.path = path}));
  MessageTexts texts;
  for (const CatalogueRecord& record : records) {
    const TranslatedMessage message = harness::CleanMessage(
        {record.english, TranslationInto(record, "zh_CN"), TranslationInto(record, "zh_TW")});
    if (!IsRunningText(message)) continue;
    const std::array<std::string_view, kNumMessageLanguages> forms = {
        message.english, message.simplified, message.traditional};
    if (exclude && std::any_of(forms.begin(), forms.end(), [&](std::string_view text) {
          return !text.empty() && exclude(text);
        })) {
      continue;
    }
    for (size_t i = 0; i < forms.size(); ++i) {
      if (!forms[i].empty()) texts[i].emplace_back(forms[i]);
    }
  }
  return texts;
}

}  // namespace bench::corpus
