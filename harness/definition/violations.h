// Where cross-field rules report what they find; the decoder adds file, line and column.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bench::harness {

struct Violation {
  std::string path;  // "training.batch_size", "data.mix[1].weight"
  std::string message;
};

// A sink for violations below one table.
class Violations {
 public:
  explicit Violations(std::vector<Violation>& sink, std::string prefix = "")
      : sink_(sink), prefix_(std::move(prefix)) {}

  void Add(std::string_view key, std::string message) const {
    sink_.push_back({Path(key), std::move(message)});
  }
  Violations In(std::string_view table) const { return Violations(sink_, Path(table)); }

 private:
  std::string Path(std::string_view key) const {
    return prefix_.empty() ? std::string(key) : prefix_ + "." + std::string(key);
  }

  std::vector<Violation>& sink_;
  std::string prefix_;
};

}  // namespace bench::harness
