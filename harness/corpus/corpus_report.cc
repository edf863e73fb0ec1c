#include "harness/corpus/corpus_report.h"

#include <algorithm>
#include <iterator>

namespace bench::corpus {
namespace {

void AddTo(TextCount& sum, const TextCount& count) {
  sum.num_documents += count.num_documents;
  sum.num_bytes += count.num_bytes;
}
void AddTo(int64_t& sum, int64_t count) { sum += count; }

template <typename Map>
void MergeCounts(Map& into, const Map& from) {
  for (const auto& [key, count] : from) AddTo(into[key], count);
}

}  // namespace

void RejectionReport::Add(const std::string& source, const Rejection& rejection) {
  ++num_rejected_;
  named_[IdDigest({rejection.id, "", source, ""})] = {source, rejection};
  Shrink();
  Count(rejection.kind, 1, source + "/" + rejection.id);
}

void RejectionReport::Count(const std::string& reason, int64_t count, const std::string& first) {
  Reason& entry = reasons_[reason];
  if (entry.count == 0 || first < entry.first) entry.first = first;
  entry.count += count;
}

void RejectionReport::Merge(const RejectionReport& other) {
  num_rejected_ += other.num_rejected_;
  named_.insert(other.named_.begin(), other.named_.end());
  Shrink();
  for (const auto& [reason, entry] : other.reasons_) Count(reason, entry.count, entry.first);
}

void RejectionReport::Shrink() {
  while (named_.size() > max_named_) named_.erase(std::prev(named_.end()));
}

void CorpusReport::Merge(const CorpusReport& other) {
  MergeCounts(read, other.read);
  MergeCounts(kept, other.kept);
  held_out_places.Merge(other.held_out_places);
  removed.Merge(other.removed);
  MergeCounts(shortened, other.shortened);
  rejected.Merge(other.rejected);
  for (size_t i = 0; i < dropped_lines.size(); ++i) dropped_lines[i] += other.dropped_lines[i];
  MergeCounts(masked, other.masked);
  contaminated.resize(std::max(contaminated.size(), other.contaminated.size()));
  for (size_t i = 0; i < other.contaminated.size(); ++i) {
    AddTo(contaminated[i], other.contaminated[i]);
  }
}

TextCount Total(const std::map<CorpusReport::SourceAndLanguage, TextCount>& counts) {
  TextCount total;
  for (const auto& [key, count] : counts) AddTo(total, count);
  return total;
}

}  // namespace bench::corpus
