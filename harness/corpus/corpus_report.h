// What the phases of a corpus did, in counts and examples. Reports of shards are merged; none of it
// depends on the order, the threads or the shards.
//
// Documents and bytes of text add up: read = removed + kept, and for bytes also + shortened, which
// is what was cut from documents (negative where a mask is longer than what it hides).
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "harness/corpus/c4.h"
#include "harness/corpus/document_reader.h"
#include "harness/corpus/held_out.h"
#include "harness/corpus/removal_report.h"

namespace bench::corpus {

struct TextCount {
  int64_t num_documents = 0;
  int64_t num_bytes = 0;  // of their texts
  void Add(int64_t bytes) {
    ++num_documents;
    num_bytes += bytes;
  }
  void Remove(int64_t bytes) {
    --num_documents;
    num_bytes -= bytes;
  }
  friend bool operator==(const TextCount&, const TextCount&) = default;
};

// Documents that are kept aside: all are counted by reason, those with the smallest digests of
// source and id are named, up to `max_named`.
class RejectionReport {
 public:
  struct Named {
    std::string source;
    Rejection rejection;

    template <typename Archive>
    void VisitFields(Archive& archive) {
      archive(source, rejection);
    }
  };
  struct Reason {
    int64_t count = 0;
    std::string first;  // in byte order: "source/id"

    template <typename Archive>
    void VisitFields(Archive& archive) {
      archive(count, first);
    }
  };
  explicit RejectionReport(size_t max_named = 1000) : max_named_(max_named) {}

  void Add(const std::string& source, const Rejection& rejection);
  void Merge(const RejectionReport& other);

  int64_t num_rejected() const { return num_rejected_; }
  const std::map<Digest128, Named>& named() const { return named_; }
  const std::map<std::string, Reason>& reasons() const { return reasons_; }

  template <typename Archive>
  void VisitFields(Archive& archive) {
    archive(num_rejected_, named_, reasons_);
  }

 private:
  void Shrink();
  void Count(const std::string& reason, int64_t count, const std::string& first);

  const size_t max_named_;
  int64_t num_rejected_ = 0;
  std::map<Digest128, Named> named_;
  std::map<std::string, Reason> reasons_;
};

struct CorpusReport {
  using SourceAndLanguage = std::pair<std::string, std::string>;
  std::map<SourceAndLanguage, TextCount> read;
  std::map<SourceAndLanguage, TextCount> kept;
  HeldOutPlaces held_out_places;
  RemovalReport removed;
  std::map<std::string, TextCount> shortened;  // by the step: documents it changed, bytes it cut
  RejectionReport rejected;
  std::array<int64_t, kNumC4LineRules> dropped_lines{};  // of documents that C4 kept
  std::map<std::string, int64_t> masked;                 // by the kind of personal data
  std::vector<TextCount> contaminated;                   // by the part of the evaluation texts

  void Merge(const CorpusReport& other);

  template <typename Archive>
  void VisitFields(Archive& archive) {
    archive(read, kept, held_out_places, removed, shortened, rejected, dropped_lines, masked,
            contaminated);
  }
};

TextCount Total(const std::map<CorpusReport::SourceAndLanguage, TextCount>& counts);

}  // namespace bench::corpus
