// Field lists: the single description of a definition struct, from which parsing, validation, the
// canonical form, the hash, --set, the results file and --help are made.
//
// A struct T has one function `void Describe(T& value, FieldList& fields)` that binds each of its
// members to a key:
//   fields.Leaf("steps", value.steps, {.doc = "...", .presence = Presence::kRequired,
//                                      .bounds = AtLeast(1)});
//   fields.Table("model", value.model, "...");        // a struct with its own Describe
//   fields.Tables("mix", value.mix, "...");           // vector of such: [[data.mix]]
// A default is what the member of a default-constructed T holds. Defaults never change (hashes
// depend on them) and fields are only added. The list points into `value`, which must outlive it.
// TOML is not visible here.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "harness/definition/artifact_ref.h"
#include "harness/definition/enum_names.h"

namespace bench::harness {

enum class Presence {
  kDefaulted,
  kRequired,
  kAlwaysHashed,    // has a default, and is part of the hash also then (the schema version)
  kRequiredByRule,  // required where Validate says so, and part of the hash where it is given
};

constexpr bool HasDefault(Presence presence) {
  return presence == Presence::kDefaulted || presence == Presence::kAlwaysHashed;
}

// What a string leaf holds, beyond text.
enum class TextRole {
  kFree,
  kUserPath,  // a user's own file or folder: refused in committed definitions; not hashed, the
              // digest of its content is an input (Stage::ContentDigests)
  kName,      // names a file of the project: an experiment name (artifact_ref.h)
  kNearPath,  // a file or folder, from the definition's folder on: in committed definitions always
              // relative. Not hashed: its content's digest is an input, or its state provenance
};

// Allowed values of a number, both ends included unless `min_excluded`.
struct Bounds {
  double min = -std::numeric_limits<double>::infinity();
  double max = std::numeric_limits<double>::infinity();
  bool min_excluded = false;

  bool Allows(double value) const;
  std::string Text() const;  // "at least 1"; empty if every value is allowed
};
Bounds AtLeast(double min);
Bounds Above(double min);
Bounds Between(double min, double max);
Bounds AboveUpTo(double min, double max);

struct FieldInfo {
  std::string_view doc = "";
  std::string_view units = "";
  Presence presence = Presence::kDefaulted;
  Bounds bounds = {};
  TextRole role = TextRole::kFree;
  // Keys of the same table that a --set of this one removes (alternatives, such as dataset, path).
  std::vector<std::string_view> replaces = {};
};

class FieldList;

struct EnumBinding {
  std::vector<std::string_view> names;
  std::function<size_t()> get;
  std::function<void(size_t)> set;
};
struct TableBinding {
  std::shared_ptr<FieldList> fields;
};
struct ListBinding {
  std::function<void()> clear;
  std::function<FieldList()> append;             // adds a default element, returns its fields
  std::function<std::vector<FieldList>()> each;  // fields of the elements
  std::function<FieldList()> prototype;          // fields of a default element, owned by the list
};
using Binding = std::variant<int64_t*, double*, std::optional<double>*, bool*, std::string*,
                             std::optional<std::string>*, std::vector<std::string>*, ArtifactRef*,
                             std::optional<ArtifactRef>*, EnumBinding, TableBinding, ListBinding>;

struct Field {
  std::string key;
  FieldInfo info;
  Binding binding;

  bool is_leaf() const;
};

class FieldList {
 public:
  template <typename T>
  void Leaf(std::string_view key, T& member, FieldInfo info);
  template <typename T>
  void Table(std::string_view key, T& member, std::string_view doc);
  template <typename T>
  void Tables(std::string_view key, std::vector<T>& member, std::string_view doc);
  // A table of its own for some members of the same struct.
  FieldList& Group(std::string_view key, std::string_view doc);

  // For a leaf that no member holds directly (the stage, which is the variant's index).
  void Bind(std::string_view key, FieldInfo info, Binding binding);

  // The keys of this table that a document gives are put into `keys`, whatever their values are:
  // for tables whose other fields are not the defaults but come from elsewhere.
  void RecordGivenKeys(std::set<std::string>& keys) { given_keys_ = &keys; }
  void Given(const std::string& key) const {
    if (given_keys_ != nullptr) given_keys_->insert(key);
  }

  const std::vector<Field>& fields() const { return fields_; }
  const Field* Find(std::string_view key) const;

 private:
  std::vector<Field> fields_;
  std::set<std::string>* given_keys_ = nullptr;
  std::shared_ptr<void> owned_;  // the element of a prototype

  template <typename T>
  static FieldList Prototype();
};

// Gives a leaf the value of another one of the same type.
void CopyLeaf(const Field& from, const Field& to);

// Every leaf that `fields` holds, in order, with its path: "run.threads", "data.mix[0].task".
void ForEachLeaf(const FieldList& fields,
                 const std::function<void(const std::string& path, const Field& leaf)>& visit);

// What a leaf accepts: "an integer", "one of \"a\", \"b\"", "an array of tables".
std::string TypeText(const Field& field);

template <typename T>
FieldList FieldsOf(T& value) {
  FieldList fields;
  Describe(value, fields);
  return fields;
}

template <typename T>
void FieldList::Leaf(std::string_view key, T& member, FieldInfo info) {
  if constexpr (std::is_enum_v<T>) {
    const auto names = EnumNames(T{});
    Bind(key, std::move(info),
         EnumBinding{{names.begin(), names.end()},
                     [&member] { return static_cast<size_t>(member); },
                     [&member](size_t index) { member = static_cast<T>(index); }});
  } else {
    Bind(key, std::move(info), &member);
  }
}

template <typename T>
void FieldList::Table(std::string_view key, T& member, std::string_view doc) {
  Describe(member, Group(key, doc));
}

template <typename T>
void FieldList::Tables(std::string_view key, std::vector<T>& member, std::string_view doc) {
  ListBinding list;
  list.clear = [&member] { member.clear(); };
  list.append = [&member] { return FieldsOf(member.emplace_back()); };
  list.each = [&member] {
    std::vector<FieldList> elements;
    for (T& element : member) elements.push_back(FieldsOf(element));
    return elements;
  };
  list.prototype = &FieldList::Prototype<T>;
  Bind(key, {.doc = doc}, std::move(list));
}

template <typename T>
FieldList FieldList::Prototype() {
  auto element = std::make_shared<T>();
  FieldList fields = FieldsOf(*element);
  fields.owned_ = std::move(element);
  return fields;
}

}  // namespace bench::harness
