#include "harness/definition/leaf_value.h"

#include <cmath>
#include <sstream>
#include <type_traits>

#include "absl/strings/str_cat.h"
#include "harness/definition/message_text.h"
#include "harness/definition/toml_document.h"
#include "harness/definition/unknown_key.h"

namespace bench::harness {
namespace {

using Fault = std::optional<std::string>;

// Visits a leaf's binding; each overload stores the node or says what is wrong.
class LeafSetter {
 public:
  LeafSetter(const toml::node& node, const Field& leaf, const DecodeOptions& options)
      : node_(node), leaf_(leaf), options_(options) {}

  Fault operator()(int64_t* target) const {
    const auto* value = node_.as_integer();
    if (value == nullptr) return WrongType(node_, leaf_);
    if (Fault fault = Bounded(static_cast<double>(value->get()))) return fault;
    *target = value->get();
    return std::nullopt;
  }

  Fault operator()(double* target) const {
    if (!node_.is_number()) return WrongType(node_, leaf_);
    const double value = node_.is_integer() ? static_cast<double>(node_.as_integer()->get())
                                            : node_.as_floating_point()->get();
    if (!std::isfinite(value)) return "must be a finite number";
    if (Fault fault = Bounded(value)) return fault;
    *target = value;
    return std::nullopt;
  }

  Fault operator()(bool* target) const {
    if (!node_.is_boolean()) return WrongType(node_, leaf_);
    *target = node_.as_boolean()->get();
    return std::nullopt;
  }

  Fault operator()(std::string* target) const {
    if (!node_.is_string()) return WrongType(node_, leaf_);
    if (Fault fault = Text(node_.as_string()->get())) return fault;
    *target = node_.as_string()->get();
    return std::nullopt;
  }

  Fault operator()(std::vector<std::string>* target) const {
    if (!node_.is_array()) return WrongType(node_, leaf_);
    std::vector<std::string> values;
    for (const toml::node& element : *node_.as_array()) {
      if (!element.is_string()) return WrongType(element, leaf_);
      if (Fault fault = Text(element.as_string()->get())) return fault;
      values.push_back(element.as_string()->get());
    }
    *target = std::move(values);
    return std::nullopt;
  }

  Fault operator()(ArtifactRef* target) const {
    if (!node_.is_string()) return WrongType(node_, leaf_);
    const absl::StatusOr<ArtifactRef> ref = ParseArtifactRef(node_.as_string()->get());
    if (!ref.ok()) return std::string(ref.status().message());
    if (committed() && !ref->version) {
      return absl::StrCat("a committed definition pins a version: write \"", ref->experiment,
                          "@N\"");
    }
    if (options_.check_artifact != nullptr) {
      const absl::Status exists = options_.check_artifact(*ref);
      if (!exists.ok()) return std::string(exists.message());
    }
    *target = *ref;
    return std::nullopt;
  }

  template <typename T>
  Fault operator()(std::optional<T>* target) const {
    T value{};
    Fault fault = (*this)(&value);
    if (!fault) *target = std::move(value);
    return fault;
  }

  Fault operator()(const EnumBinding& binding) const {
    if (!node_.is_string()) return WrongType(node_, leaf_);
    const std::string& text = node_.as_string()->get();
    for (size_t i = 0; i < binding.names.size(); ++i) {
      if (binding.names[i] != text) continue;
      binding.set(i);
      return std::nullopt;
    }
    return absl::StrCat(Quoted(text), " is not ", TypeText(leaf_), "; ",
                        Suggestion(text, {binding.names.begin(), binding.names.end()}));
  }

  Fault operator()(const TableBinding&) const { return WrongType(node_, leaf_); }
  Fault operator()(const ListBinding&) const { return WrongType(node_, leaf_); }

 private:
  bool committed() const {
    return options_.origin == Origin::kCommitted && !IsOverride(node_.source());
  }

  Fault Bounded(double value) const {
    const Bounds& bounds = leaf_.info.bounds;
    if (bounds.Allows(value)) return std::nullopt;
    const std::string units =
        leaf_.info.units.empty() ? "" : absl::StrCat(" ", std::string(leaf_.info.units));
    return absl::StrCat(NumberText(value), units, " is out of range: ", bounds.Text());
  }

  Fault Text(const std::string& text) const {
    if (text.find('\0') != std::string::npos) return "must not contain the character U+0000";
    if (leaf_.info.role == TextRole::kName && !IsExperimentName(text)) {
      return absl::StrCat(Quoted(text),
                          " is not a name: lower-case letters, digits, '_' and '-' only");
    }
    const TextRole role = leaf_.info.role;
    if (role != TextRole::kUserPath && role != TextRole::kNearPath) return std::nullopt;
    if (text.empty()) return "must not be empty";
    if (!committed()) return std::nullopt;
    if (role == TextRole::kNearPath && text.front() != '/') return std::nullopt;
    if (role == TextRole::kNearPath) {
      return absl::StrCat(Quoted(text),
                          " is a path of one machine: give it relative to the folder "
                          "of this definition");
    }
    return absl::StrCat(Quoted(text),
                        " is a file of your own, which a committed definition does not name: give "
                        "it by --set or in a definition outside the experiments folder");
  }

  const toml::node& node_;
  const Field& leaf_;
  const DecodeOptions& options_;
};

std::string TypeName(const toml::node& node) {
  switch (node.type()) {
    case toml::node_type::floating_point:
      return "float";
    case toml::node_type::table:
      return "table";
    case toml::node_type::array:
      return "array";
    case toml::node_type::string:
      return "string";
    case toml::node_type::integer:
      return "integer";
    case toml::node_type::boolean:
      return "boolean";
    default:
      return "date or time";
  }
}

// The value as it would be written, for scalars.
std::string ValueText(const toml::node& node) {
  if (const auto* text = node.as_string()) return absl::StrCat(" ", Quoted(text->get()));
  if (node.is_table() || node.is_array()) return "";
  std::ostringstream written;
  node.visit([&written](const auto& value) {
    if constexpr (toml::is_value<decltype(value)>) written << " " << value;
  });
  return written.str();
}

}  // namespace

std::string WrongType(const toml::node& node, const Field& field) {
  const std::string units = field.info.units.empty() || node.is_number()
                                ? ""
                                : absl::StrCat(" (in ", std::string(field.info.units), ")");
  return absl::StrCat("expected ", TypeText(field), units, ", got ", TypeName(node),
                      ValueText(node));
}

Fault SetLeaf(const toml::node& node, const Field& leaf, const DecodeOptions& options) {
  return std::visit(LeafSetter(node, leaf, options), leaf.binding);
}

}  // namespace bench::harness
