// Values as bytes and back: what the finished parts of a corpus (work_ledger.h) keep of reports.
//
// Layout: numbers as they are in memory (little endian), a text or a container as its number of
// elements (uint64) and these, a class as what its `VisitFields(archive)` hands to the archive, one
// list for both directions. Any bytes are a text: names of files need not be UTF-8, which JSON
// would refuse. Readers bound every length by what is there; damage is found by whoever adds a
// checksum.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace bench::corpus {

static_assert(std::endian::native == std::endian::little, "numbers are these bytes");

// What is copied byte for byte.
template <typename T>
concept PlainBytes = std::is_floating_point_v<T> ||
    (std::is_trivially_copyable_v<T>&& std::has_unique_object_representations_v<T>);

template <typename T, typename Archive>
concept HasFields = requires(T& value, Archive& archive) {
  value.VisitFields(archive);
};

class Packer {
 public:
  template <typename... T>
  void operator()(T&... fields) {
    (Put(fields), ...);
  }
  const std::string& bytes() const { return bytes_; }

 private:
  template <PlainBytes T>
  void Put(const T& value) {
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof(value));
  }
  void Put(const std::string& text) {
    Put(uint64_t{text.size()});
    bytes_ += text;
  }
  template <typename T>
  void Put(std::vector<T>& values) {
    Put(uint64_t{values.size()});
    for (T& value : values) Put(value);
  }
  template <typename A, typename B>
  void Put(std::pair<A, B>& value) {
    Put(value.first);
    Put(value.second);
  }
  template <typename K, typename V>
  void Put(std::map<K, V>& values) {
    Put(uint64_t{values.size()});
    for (auto& [key, value] : values) {
      K copy = key;
      Put(copy);
      Put(value);
    }
  }
  template <typename T>
  requires(HasFields<T, Packer> && !PlainBytes<T>) void Put(T& value) { value.VisitFields(*this); }

  std::string bytes_;
};

class Unpacker {
 public:
  explicit Unpacker(std::string_view bytes) : rest_(bytes) {}

  template <typename... T>
  void operator()(T&... fields) {
    (Take(fields), ...);
  }
  // Whether all fields were there and nothing is behind them.
  bool complete() const { return ok_ && rest_.empty(); }

 private:
  template <PlainBytes T>
  void Take(T& value) {
    if (!Has(sizeof(value))) return;
    std::memcpy(&value, rest_.data(), sizeof(value));
    rest_.remove_prefix(sizeof(value));
  }
  void Take(std::string& text) {
    const uint64_t size = TakeCount();
    if (!Has(size)) return;
    text = rest_.substr(0, size);
    rest_.remove_prefix(size);
  }
  template <typename T>
  void Take(std::vector<T>& values) {
    for (uint64_t left = TakeCount(); left > 0 && ok_; --left) Take(values.emplace_back());
  }
  template <typename A, typename B>
  void Take(std::pair<A, B>& value) {
    Take(value.first);
    Take(value.second);
  }
  template <typename K, typename V>
  void Take(std::map<K, V>& values) {
    for (uint64_t left = TakeCount(); left > 0 && ok_; --left) {
      K key;
      Take(key);
      Take(values[std::move(key)]);
    }
  }
  template <typename T>
  requires(HasFields<T, Unpacker> && !PlainBytes<T>) void Take(T& value) {
    value.VisitFields(*this);
  }

  uint64_t TakeCount() {
    uint64_t count = 0;
    Take(count);
    return count;
  }
  bool Has(uint64_t size) {
    ok_ = ok_ && size <= rest_.size();
    return ok_;
  }

  std::string_view rest_;
  bool ok_ = true;
};

template <typename T>
std::string Packed(T value) {
  Packer packer;
  packer(value);
  return packer.bytes();
}

// nullopt for bytes that Packed did not make of a T.
template <typename T>
std::optional<T> Unpacked(std::string_view bytes) {
  T value;
  Unpacker unpacker(bytes);
  unpacker(value);
  if (!unpacker.complete()) return std::nullopt;
  return value;
}

}  // namespace bench::corpus
