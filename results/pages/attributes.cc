#include "results/pages/attributes.h"

#include <algorithm>
#include <set>
#include <variant>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/sha256.h"

namespace bench::results {
namespace {

constexpr size_t kMostBytes = 300;
constexpr size_t kDigestShown = 12;
constexpr char kAbsent[] = "absent";

std::string YesNo(bool value) { return value ? "yes" : "no"; }

std::vector<std::string> ValuesOf(const std::vector<std::map<std::string, std::string>>& runs,
                                  const std::string& name) {
  std::vector<std::string> values;
  for (const auto& run : runs) {
    const auto found = run.find(name);
    const std::string& value = found == run.end() ? kAbsent : found->second;
    if (std::find(values.begin(), values.end(), value) == values.end()) values.push_back(value);
  }
  return values;
}

std::vector<std::map<std::string, std::string>> AttributesOf(const Group& group) {
  std::vector<std::map<std::string, std::string>> runs;
  for (const ResultsInput& run : group.runs) {
    runs.push_back(results::AttributesOf(run.record.header));
  }
  return runs;
}

}  // namespace

std::string AttributeText(const Attribute& attribute) {
  struct Shown {
    std::string operator()(const std::string& text) const { return text; }
    std::string operator()(int64_t value) const { return absl::StrCat(value); }
    std::string operator()(double value) const { return absl::StrFormat("%.6g", value); }
    std::string operator()(bool value) const { return YesNo(value); }
  };
  return std::visit(Shown{}, attribute);
}

std::map<std::string, std::string> AttributesOf(const RunHeader& header) {
  std::map<std::string, std::string> attributes = {{"experiment", header.experiment},
                                                   {"stage", header.stage},
                                                   {"definition", header.definition_sha256},
                                                   {"changed by --set", YesNo(header.ad_hoc)},
                                                   {"strict", YesNo(header.strict)},
                                                   {"machine class", header.machine_class},
                                                   {"device", header.device},
                                                   {"threads", absl::StrCat(header.threads)},
                                                   {"processes", absl::StrCat(header.world_size)}};
  if (header.version) attributes["version of the experiment"] = absl::StrCat(*header.version);
  for (const auto& [name, digest] : header.inputs) {
    attributes[absl::StrCat("input ", name)] = digest;
  }
  for (const auto& [name, attribute] : header.provenance) {
    attributes.emplace(name, AttributeText(attribute));
  }
  return attributes;
}

std::vector<AttributeDifference> DifferencesBetween(const Group& base, const Group& head) {
  const auto before = AttributesOf(base);
  const auto after = AttributesOf(head);
  std::set<std::string> names;
  for (const auto* arm : {&before, &after}) {
    for (const auto& run : *arm) {
      for (const auto& [name, value] : run) names.insert(name);
    }
  }
  std::vector<AttributeDifference> differences;
  for (const std::string& name : names) {
    AttributeDifference difference = {name, ValuesOf(before, name), ValuesOf(after, name)};
    if (difference.within_an_arm() || difference.base != difference.head) {
      differences.push_back(std::move(difference));
    }
  }
  return differences;
}

std::string ShortText(const std::string& text) {
  if (text.size() <= kMostBytes) return text;
  size_t end = kMostBytes;
  // Not within a character: the bytes behind its first begin with 10.
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return absl::StrCat(text.substr(0, end), " ... (", text.size(), " bytes, SHA-256 begins with ",
                      Sha256Hex(text).substr(0, kDigestShown), ")");
}

}  // namespace bench::results
