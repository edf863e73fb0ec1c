// Connected components over texts (union-find with path halving): texts that were ever joined.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace bench::harness {

class TextComponents {
 public:
  using Id = int64_t;

  // The node of `text`, made if new.
  Id Node(std::string_view text);
  void Join(Id a, Id b);
  // The component's representative: its smallest text in byte order, whatever the order of calls.
  Id Representative(Id node);
  const std::string& text(Id node) const { return texts_[static_cast<size_t>(node)]; }
  int64_t num_nodes() const { return static_cast<int64_t>(texts_.size()); }

 private:
  std::unordered_map<std::string, Id> ids_;
  std::vector<std::string> texts_;
  std::vector<Id> parents_;
};

}  // namespace bench::harness
