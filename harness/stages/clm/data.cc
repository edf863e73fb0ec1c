#include "harness/stages/clm/data.h"

#include <algorithm>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/status.h"
#include "harness/control/abandonable.h"
#include "harness/control/signals.h"
#include "harness/data/document_tokens.h"
#include "harness/data/source_content.h"
#include "harness/text/text.h"

namespace bench::harness {
namespace {

constexpr int64_t kMaxTextBytes = int64_t{1} << 30;

bool ContinuesCharacter(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

// Where the held-out end of `text` begins: at a whole character, the last one at the latest.
size_t HeldOutBegin(std::string_view text, double fraction) {
  auto begin = static_cast<size_t>(static_cast<double>(text.size()) * (1 - fraction));
  while (begin < text.size() && ContinuesCharacter(text[begin])) ++begin;
  if (begin < text.size() || text.empty()) return begin;
  --begin;
  while (begin > 0 && ContinuesCharacter(text[begin])) --begin;
  return begin;
}

}  // namespace

ClmSequences::ClmSequences(const std::vector<TokenShard>& shards, int64_t max_tokens)
    : shards_(shards), max_tokens_(max_tokens), first_{0} {
  for (const TokenShard& shard : shards) {
    const int64_t num_targets = shard.num_tokens() - 1;
    first_.push_back(first_.back() + (num_targets + max_tokens - 1) / max_tokens);
  }
}

ClmSequence ClmSequences::operator[](int64_t index) const {
  const auto next = std::upper_bound(first_.begin(), first_.end(), index);
  const TokenShard& shard = shards_[static_cast<size_t>(next - first_.begin() - 1)];
  const int64_t begin = (index - *(next - 1)) * max_tokens_;
  const int64_t end = std::min(begin + max_tokens_ + 1, shard.num_tokens());
  ClmSequence sequence{shard.Tokens(begin, end), {}};
  for (int64_t i = shard.DocumentAt(begin) + 1; i < shard.num_documents(); ++i) {
    const auto start = static_cast<int64_t>(shard.document(i).first_token);
    if (start >= end) break;
    sequence.document_starts.push_back(start - begin);
  }
  return sequence;
}

CausalBatch MakeClmBatch(const std::vector<ClmSequence>& sequences, DocumentAttention attention,
                         at::Device device) {
  std::vector<std::vector<int64_t>> inputs;
  std::vector<int64_t> target_rows;
  std::vector<int64_t> targets;
  int64_t row = 0;
  // A document's inputs; they predict its tokens from the second on, up to index `end` of them.
  const auto add = [&](const std::vector<int64_t>& tokens, int64_t begin, int64_t end) {
    const int64_t input_end = std::min(end, std::ssize(tokens) - 1);
    if (begin == input_end) return;  // the sequence ends with a document's first token
    inputs.emplace_back(tokens.begin() + begin, tokens.begin() + input_end);
    for (int64_t i = begin + 1; i < end; ++i) {
      target_rows.push_back(row + i - 1 - begin);
      targets.push_back(tokens[static_cast<size_t>(i)]);
    }
    row += input_end - begin;
  };
  for (const ClmSequence& sequence : sequences) {
    int64_t begin = 0;
    if (attention == DocumentAttention::kWithin) {
      for (const int64_t start : sequence.document_starts) {
        add(sequence.tokens, begin, start);
        begin = start;
      }
    }
    add(sequence.tokens, begin, std::ssize(sequence.tokens));
  }
  return {models::MakeRaggedBatch(inputs, device), at::tensor(target_rows, at::kLong).to(device),
          at::tensor(targets, at::kLong).to(device)};
}

absl::StatusOr<ClmText> ReadClmText(const std::string& path) {
  std::vector<std::string> files = {path};
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) {
    BENCH_ASSIGN_OR_RETURN(files, RegularFiles(path));
    for (std::string& file : files) file = absl::StrCat(path, "/", file);
  }
  ClmText text{"", path};
  for (const std::string& file : files) {
    BENCH_RETURN_IF_ERROR(CheckNotStopped());
    BENCH_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(file, kMaxTextBytes));
    if (const auto offset = FirstInvalidUtf8(bytes)) {
      return DataError(absl::StrCat(file, ": byte ", *offset, " is not UTF-8; convert the file"));
    }
    text.text += bytes;
  }
  if (text.text.empty()) return DataError(absl::StrCat(path, ": there is no text in it"));
  return text;
}

absl::Status TokeniseText(const ClmText& text, const Tokenizer& tokenizer,
                          double validation_fraction, const std::string& folder) {
  const std::string_view all = text.text;
  const size_t cut = HeldOutBegin(all, validation_fraction);
  if (cut == 0) {
    return DataError(absl::StrCat(text.where, ": ", all.size(),
                                  " bytes of text are one character at most, but one to train on "
                                  "and one to hold out are needed"));
  }
  BENCH_RETURN_IF_ERROR(RemoveTree(folder));
  BENCH_RETURN_IF_ERROR(MakeFolders(folder));
  TokenDatasetWriter writer(folder, {tokenizer.vocab_size(), tokenizer.digest(), {"text"}});
  const std::pair<const char*, std::string_view> parts[] = {{"train", all.substr(0, cut)},
                                                            {"validation", all.substr(cut)}};
  for (const auto& [part, part_text] : parts) {
    BENCH_ASSIGN_OR_RETURN(const std::vector<int64_t> tokens, DocumentTokens(tokenizer, part_text));
    BENCH_RETURN_IF_ERROR(writer.Add(part, tokens, std::ssize(part_text), /*language=*/0));
  }
  return writer.Finish();
}

absl::StatusOr<Tokenizer> TrainCharacterTokenizer(const ClmText& text) {
  TokenizerSpec spec;
  spec.algorithm = TokenizerAlgorithm::kCharacter;
  spec.byte_fallback = false;  // every character of the text has its token
  spec.vocab_size = kMaxCharacters;
  // The trainer leaves tabs out, unless one is asked for.
  std::vector<std::string> whole_pieces;
  if (text.text.find('\t') != std::string::npos) whole_pieces.emplace_back("\t");
  // A copy, which the work owns: it may be left behind (control/abandonable.h).
  const auto model = RunAbandonable([text = text.text, spec, whole_pieces] {
    std::string_view rest = text;
    const NextText next = [&rest]() -> std::optional<std::string> {
      if (rest.empty()) return std::nullopt;
      const std::string_view line = FirstLine(rest);
      rest.remove_prefix(line.size());
      return std::string(line);
    };
    return TrainTokenizer(next, spec, whole_pieces);
  });
  if (!model.ok()) return Annotate(model.status(), text.where);
  return Tokenizer::FromModelBytes(*model,
                                   absl::StrCat("the tokenizer of the characters of ", text.where));
}

}  // namespace bench::harness
