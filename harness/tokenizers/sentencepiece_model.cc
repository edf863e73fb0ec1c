#include "harness/tokenizers/sentencepiece_model.h"

#include <sentencepiece_processor.h>
#include <sentencepiece_trainer.h>

#include <unordered_map>
#include <utility>

namespace bench::harness::internal {
namespace {

absl::string_view View(std::string_view text) { return {text.data(), text.size()}; }

class TextIterator : public sentencepiece::SentenceIterator {
 public:
  explicit TextIterator(const std::function<std::optional<std::string>()>& next_text)
      : next_text_(next_text) {
    Next();
  }
  bool done() const override { return !text_.has_value(); }
  void Next() override { text_ = next_text_(); }
  const std::string& value() const override { return *text_; }
  sentencepiece::util::Status status() const override { return {}; }

 private:
  const std::function<std::optional<std::string>()>& next_text_;
  std::optional<std::string> text_;
};

}  // namespace

struct SentencePieceModel::Processor {
  sentencepiece::SentencePieceProcessor processor;
};

ModelOrError TrainSentencePiece(const std::map<std::string, std::string>& options,
                                const std::function<std::optional<std::string>()>& next_text) {
  TextIterator texts(next_text);
  const std::unordered_map<std::string, std::string> arguments(options.begin(), options.end());
  ModelOrError result;
  const auto status = sentencepiece::SentencePieceTrainer::Train(arguments, &texts, &result.bytes);
  if (!status.ok()) result.error = status.ToString();
  return result;
}

SentencePieceModel::SentencePieceModel(std::unique_ptr<Processor> processor)
    : processor_(std::move(processor)) {}
SentencePieceModel::~SentencePieceModel() = default;

std::unique_ptr<SentencePieceModel> SentencePieceModel::Load(std::string_view bytes,
                                                             std::string& error) {
  auto processor = std::make_unique<Processor>();
  const auto status = processor->processor.LoadFromSerializedProto(View(bytes));
  if (!status.ok()) {
    error = status.ToString();
    return nullptr;
  }
  return std::unique_ptr<SentencePieceModel>(new SentencePieceModel(std::move(processor)));
}

std::vector<int> SentencePieceModel::Encode(std::string_view text) const {
  return processor_->processor.EncodeAsIds(View(text));
}
std::string SentencePieceModel::Decode(const std::vector<int>& ids) const {
  return processor_->processor.DecodeIds(ids);
}
std::string SentencePieceModel::Piece(int id) const { return processor_->processor.IdToPiece(id); }
bool SentencePieceModel::IsControl(int id) const { return processor_->processor.IsControl(id); }
int SentencePieceModel::vocab_size() const { return processor_->processor.GetPieceSize(); }
int SentencePieceModel::bos_id() const { return processor_->processor.bos_id(); }
int SentencePieceModel::eos_id() const { return processor_->processor.eos_id(); }
int SentencePieceModel::pad_id() const { return processor_->processor.pad_id(); }

}  // namespace bench::harness::internal
