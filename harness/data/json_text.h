// Writes JSON text from the events of a parser, so that a part of a document can be kept without
// making values of it. The events must be those of valid JSON.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

namespace bench::harness {

class JsonText {
 public:
  void Open(bool is_object) {
    Separate();
    text_.push_back(is_object ? '{' : '[');
    open_.push_back({is_object});
  }
  void Close() {
    text_.push_back(open_.back().is_object ? '}' : ']');
    open_.pop_back();
  }
  void Key(const std::string& key) {
    Separate();
    text_ += nlohmann::json(key).dump() + ":";
    after_key_ = true;
  }
  // A number, text, boolean or null.
  void Value(const nlohmann::json& value) {
    Separate();
    text_ += value.dump();
  }
  // Whether what was begun has ended.
  bool is_whole() const { return open_.empty(); }
  std::string Take() { return std::exchange(text_, {}); }

 private:
  struct Container {
    bool is_object;
    bool has_members = false;
  };

  void Separate() {
    if (std::exchange(after_key_, false) || open_.empty()) return;
    if (std::exchange(open_.back().has_members, true)) text_.push_back(',');
  }

  std::string text_;
  std::vector<Container> open_;
  bool after_key_ = false;
};

}  // namespace bench::harness
