// A column of numbers that several series have in common, kept once.
//
// A run's series mostly have the same rows: with a hundred thousand steps and forty metrics, steps,
// tokens and times of their own would take three times the memory of the values. Reads as a const
// vector; whoever changes it gets a copy of its own first.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <memory>
#include <utility>
#include <vector>

namespace bench::results {

template <typename T>
class SharedColumn {
 public:
  using value_type = T;
  using const_iterator = typename std::vector<T>::const_iterator;
  using iterator = const_iterator;

  SharedColumn() = default;
  // From vectors implicitly: it stands for one.
  SharedColumn(std::vector<T> values)  // NOLINT(google-explicit-constructor)
      : values_(std::make_shared<std::vector<T>>(std::move(values))) {}
  SharedColumn(std::initializer_list<T> values) : SharedColumn(std::vector<T>(values)) {}

  const std::vector<T>& values() const {
    static const std::vector<T> kNone;
    return values_ == nullptr ? kNone : *values_;
  }
  operator const std::vector<T>&() const {  // NOLINT(google-explicit-constructor)
    return values();
  }
  std::size_t size() const { return values().size(); }
  bool empty() const { return values().empty(); }
  const T& operator[](std::size_t i) const { return values()[i]; }
  const T& front() const { return values().front(); }
  const T& back() const { return values().back(); }
  const_iterator begin() const { return values().begin(); }
  const_iterator end() const { return values().end(); }

  // To be changed: nobody else's from then on.
  std::vector<T>& Own() {
    if (values_ == nullptr) {
      values_ = std::make_shared<std::vector<T>>();
    } else if (values_.use_count() > 1) {
      values_ = std::make_shared<std::vector<T>>(*values_);
    }
    return *values_;
  }
  void push_back(const T& value) { Own().push_back(value); }

  bool IsSameObject(const SharedColumn& other) const { return values_ == other.values_; }

  friend bool operator==(const SharedColumn& a, const SharedColumn& b) {
    return a.values_ == b.values_ || a.values() == b.values();
  }

 private:
  std::shared_ptr<std::vector<T>> values_;
};

}  // namespace bench::results
