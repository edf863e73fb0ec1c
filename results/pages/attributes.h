// What runs were made by and on, as names and texts, and where two arms differ in it.
//
// Attributes are those of a run's header: what was run, on what, its inputs ("input data") and its
// provenance. A run that has none of a name has "absent" there: not recorded is no value.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "results/comparison/group.h"
#include "results/record.h"

namespace bench::results {

std::string AttributeText(const Attribute& attribute);

// What is shown of a run's header, by name.
std::map<std::string, std::string> AttributesOf(const RunHeader& header);

// An attribute of which not all runs of both arms have the same value.
struct AttributeDifference {
  std::string name;
  // Every value once, in the order of the runs.
  std::vector<std::string> base;
  std::vector<std::string> head;

  // Whether runs of one arm differ.
  bool within_an_arm() const { return base.size() > 1 || head.size() > 1; }
};
std::vector<AttributeDifference> DifferencesBetween(const Group& base, const Group& head);

// A text of a few hundred bytes at most: of a longer one its beginning, with its size and digest.
std::string ShortText(const std::string& text);

}  // namespace bench::results
