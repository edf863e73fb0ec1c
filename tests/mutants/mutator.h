// Damaged variants of a valid file: from a seed, always the same ones.
//
// One to four edits are drawn from a table: flipped bits, cut ends, removed, repeated, copied and
// zeroed chunks, pieces of another valid file, numbers in the text and length fields in the bytes
// (16, 32 and 64 bits, either byte order) replaced by values at the edges, and the format's own
// words inserted once or very often. A mutant always differs from the file it came from.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace bench::mutants {

struct Corpus {
  std::vector<std::string> files;  // valid ones, not empty
  std::vector<std::string> words;  // of the format's grammar; may be empty
};

class Mutator {
 public:
  Mutator(const Corpus& corpus, uint64_t seed) : corpus_(corpus), random_(seed) {}

  std::string Next();

 private:
  struct Range {
    size_t begin;
    size_t size;
  };
  using Edit = void (Mutator::*)(std::string& bytes);
  static const std::vector<Edit>& Edits();

  size_t Below(size_t limit) { return static_cast<size_t>(random_() % limit); }
  Range AnyRange(const std::string& bytes, size_t max_size);
  const std::string& AnyFile() { return corpus_.files[Below(corpus_.files.size())]; }

  void FlipBit(std::string& bytes);
  void FlipManyBits(std::string& bytes);
  void SetByte(std::string& bytes);
  void CutEnd(std::string& bytes);
  void Remove(std::string& bytes);
  void Repeat(std::string& bytes);
  void CopyWithin(std::string& bytes);
  void Zero(std::string& bytes);
  void Splice(std::string& bytes);
  void EditLengthField(std::string& bytes);
  void ReplaceNumber(std::string& bytes);
  void InsertWord(std::string& bytes);
  void InsertWordOften(std::string& bytes);

  const Corpus& corpus_;
  std::mt19937_64 random_;
};

}  // namespace bench::mutants
