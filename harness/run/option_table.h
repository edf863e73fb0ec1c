// The one table of what bench-run understands: its commands with their values, its options, and
// which options each command takes. Parsing (options.h), its errors and --help follow from it.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "harness/run/options.h"

namespace bench::harness {

using OptionValues = std::vector<std::string>;

enum class Repeats { kNo, kYes };

struct OptionRow {
  std::string_view name;
  // Placeholders, space separated; empty: a switch; "[=FILE]": a switch that takes a value behind
  // "=", and only there.
  std::string_view values;
  std::string_view help;
  std::vector<Command> taken_by;  // the commands that use this option
  std::function<absl::Status(Options&, const OptionValues&)> apply;
  Repeats repeats = Repeats::kNo;
  std::optional<Command> command;  // that it stands for; absent: it is an option of commands

  bool value_is_optional() const { return values.starts_with("[="); }
  size_t num_values() const;  // that must be there
};

// Options of a run; commands; --plan and its options.
const std::vector<OptionRow>& RunRows();
const std::vector<OptionRow>& CommandRows();
const std::vector<OptionRow>& PlanRows();

// nullptr if no row has this name.
const OptionRow* RowNamed(std::string_view name);
std::vector<std::string> RowNames();

// The options that `command` takes: "--set, --device"; "" for none.
std::string OptionsOf(Command command);

// What a command is called on the command line: "--list"; "a run" for kRun.
std::string CommandName(Command command);

// What `options.command` works on beside the values in its row: "EXPERIMENT", "DIR" or nothing; in
// brackets where it may be left out.
std::string_view ArgumentOf(const Options& options);

}  // namespace bench::harness
