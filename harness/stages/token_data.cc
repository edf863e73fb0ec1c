#include "harness/stages/token_data.h"

#include <optional>

#include "base/status.h"

namespace bench::harness {

absl::Status RecordTokenData(const TokenDataset& dataset, results::RunWriter& writer) {
  for (const char* part : {"train", "validation"}) {
    for (size_t language = 0; language < dataset.languages().size(); ++language) {
      int64_t num_documents = 0;
      int64_t num_tokens = 0;
      int64_t num_text_bytes = 0;
      for (const TokenShard& shard : dataset.part(part)) {
        for (int64_t i = 0; i < shard.num_documents(); ++i) {
          const TokenDocument& document = shard.document(i);
          if (document.language != language) continue;
          ++num_documents;
          num_tokens += shard.document_end(i) - static_cast<int64_t>(document.first_token);
          num_text_bytes += document.num_text_bytes;
        }
      }
      BENCH_RETURN_IF_ERROR(writer.TableRow("data", std::nullopt,
                                            {{"language", dataset.languages()[language]},
                                             {"part", std::string(part)},
                                             {"documents", num_documents},
                                             {"tokens", num_tokens},
                                             {"text_bytes", num_text_bytes}}));
    }
  }
  return absl::OkStatus();
}

int64_t NumTokens(const TokenDataset& dataset, const std::string& part) {
  int64_t num_tokens = 0;
  for (const TokenShard& shard : dataset.part(part)) num_tokens += shard.num_tokens();
  return num_tokens;
}

}  // namespace bench::harness
