// The only door to SentencePiece: its headers and Abseil's do not compile in one translation unit,
// so nothing here mentions either, and errors are texts. Not used outside tokenizer.cc.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bench::harness::internal {

struct ModelOrError {
  std::string bytes;
  std::string error;  // empty on success
};

// `options` are SentencePiece's own trainer options. It trains on the texts that `next_text` gives.
ModelOrError TrainSentencePiece(const std::map<std::string, std::string>& options,
                                const std::function<std::optional<std::string>()>& next_text);

class SentencePieceModel {
 public:
  // nullptr and `error` if the bytes are no model.
  static std::unique_ptr<SentencePieceModel> Load(std::string_view bytes, std::string& error);
  ~SentencePieceModel();

  std::vector<int> Encode(std::string_view text) const;
  std::string Decode(const std::vector<int>& ids) const;  // ids in the vocabulary
  std::string Piece(int id) const;
  bool IsControl(int id) const;

  int vocab_size() const;
  int bos_id() const;  // -1: none, as in the model
  int eos_id() const;
  int pad_id() const;

 private:
  struct Processor;
  explicit SentencePieceModel(std::unique_ptr<Processor> processor);
  std::unique_ptr<Processor> processor_;
};

}  // namespace bench::harness::internal
