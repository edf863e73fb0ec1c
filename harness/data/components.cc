#include "harness/data/components.h"

namespace bench::harness {

TextComponents::Id TextComponents::Node(std::string_view text) {
  const auto [place, is_new] = ids_.emplace(text, num_nodes());
  if (is_new) {
    texts_.emplace_back(text);
    parents_.push_back(place->second);
  }
  return place->second;
}

TextComponents::Id TextComponents::Representative(Id node) {
  const auto parent = [this](Id id) -> Id& { return parents_[static_cast<size_t>(id)]; };
  while (parent(node) != node) {
    parent(node) = parent(parent(node));
    node = parent(node);
  }
  return node;
}

void TextComponents::Join(Id a, Id b) {
  const Id root_a = Representative(a), root_b = Representative(b);
  if (root_a == root_b) return;
  const bool a_first = text(root_a) < text(root_b);
  parents_[static_cast<size_t>(a_first ? root_b : root_a)] = a_first ? root_a : root_b;
}

}  // namespace bench::harness
