#include "harness/definition/field.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "harness/definition/message_text.h"

namespace bench::harness {
namespace {

template <class... Fs>
struct Overloaded : Fs... {
  using Fs::operator()...;
};
template <class... Fs>
Overloaded(Fs...) -> Overloaded<Fs...>;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

void Visit(const FieldList& fields, const std::string& prefix,
           const std::function<void(const std::string&, const Field&)>& visit) {
  for (const Field& field : fields.fields()) {
    const std::string path = prefix + field.key;
    if (const auto* table = std::get_if<TableBinding>(&field.binding)) {
      Visit(*table->fields, path + ".", visit);
    } else if (const auto* list = std::get_if<ListBinding>(&field.binding)) {
      size_t index = 0;
      for (const FieldList& element : list->each()) {
        Visit(element, absl::StrCat(path, "[", index++, "]."), visit);
      }
    } else {
      visit(path, field);
    }
  }
}

std::string NamesText(const EnumBinding& binding) {
  std::vector<std::string> quoted;
  for (const std::string_view name : binding.names) {
    quoted.push_back(absl::StrCat("\"", std::string(name), "\""));
  }
  return absl::StrCat("one of ", absl::StrJoin(quoted, ", "));
}

}  // namespace

bool Bounds::Allows(double value) const {
  return (min_excluded ? value > min : value >= min) && value <= max;
}

std::string Bounds::Text() const {
  const std::string low = NumberText(min), high = NumberText(max);
  if (min == max) return absl::StrCat("exactly ", low);
  if (max == kInfinity) {
    if (min == -kInfinity) return "";
    return absl::StrCat(min_excluded ? "above " : "at least ", low);
  }
  return min_excluded ? absl::StrCat("above ", low, " and at most ", high)
                      : absl::StrCat(low, " to ", high);
}

Bounds AtLeast(double min) { return {.min = min}; }
Bounds Above(double min) { return {.min = min, .min_excluded = true}; }
Bounds Between(double min, double max) { return {.min = min, .max = max}; }
Bounds AboveUpTo(double min, double max) { return {.min = min, .max = max, .min_excluded = true}; }

bool Field::is_leaf() const {
  return !std::holds_alternative<TableBinding>(binding) &&
         !std::holds_alternative<ListBinding>(binding);
}

FieldList& FieldList::Group(std::string_view key, std::string_view doc) {
  auto table = std::make_shared<FieldList>();
  Bind(key, {.doc = doc}, TableBinding{table});
  return *table;
}

void FieldList::Bind(std::string_view key, FieldInfo info, Binding binding) {
  fields_.push_back({std::string(key), std::move(info), std::move(binding)});
}

const Field* FieldList::Find(std::string_view key) const {
  for (const Field& field : fields_) {
    if (field.key == key) return &field;
  }
  return nullptr;
}

void CopyLeaf(const Field& from, const Field& to) {
  std::visit(
      Overloaded{[&from](const EnumBinding& binding) {
                   binding.set(std::get<EnumBinding>(from.binding).get());
                 },
                 [](const TableBinding&) {}, [](const ListBinding&) {},
                 [&from](auto* target) { *target = *std::get<decltype(target)>(from.binding); }},
      to.binding);
}

void ForEachLeaf(const FieldList& fields,
                 const std::function<void(const std::string&, const Field&)>& visit) {
  Visit(fields, "", visit);
}

std::string TypeText(const Field& field) {
  return std::visit(
      Overloaded{
          [](int64_t*) -> std::string { return "an integer"; },
          [](double*) -> std::string { return "a float"; },
          [](std::optional<double>*) -> std::string { return "a float"; },
          [](bool*) -> std::string { return "a boolean"; },
          [](std::string*) -> std::string { return "a string"; },
          [](std::optional<std::string>*) -> std::string { return "a string"; },
          [](std::vector<std::string>*) -> std::string { return "an array of strings"; },
          [](ArtifactRef*) -> std::string { return "an experiment, \"NAME@N\""; },
          [](std::optional<ArtifactRef>*) -> std::string { return "an experiment, \"NAME@N\""; },
          [](const EnumBinding& binding) { return NamesText(binding); },
          [](const TableBinding&) -> std::string { return "a table"; },
          [](const ListBinding&) -> std::string { return "an array of tables"; }},
      field.binding);
}

}  // namespace bench::harness
