// mutants: reads damaged variants of every foreign format, and says how each reader took them.
//
// usage: mutants [--count N] [--seed S] [--format PREFIX] [--only INDEX [--write FILE]]
// One line a format; exit 1 if a reader died, let an exception out, gave a wrong exit code, or ran
// out of its time or memory. --only reads one mutant again; --write saves it.
#include <cstdio>
#include <cstring>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "tests/mutants/format.h"
#include "tests/mutants/runner.h"

namespace bench::mutants {
namespace {

struct Arguments {
  Draw draw;
  std::string format;  // a prefix of the name; "" is every format
  std::string write_to;
};

// NOLINTBEGIN(bugprone-branch-clone): both refuse, one a number and one a name
bool Parse(int argc, char** argv, Arguments& arguments) {
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string option = argv[i], value = argv[i + 1];
    int64_t number = 0;
    if (option == "--format") {
      arguments.format = value;
    } else if (option == "--write") {
      arguments.write_to = value;
    } else if (!absl::SimpleAtoi(value, &number) || number < 0) {
      return false;
    } else if (option == "--count") {
      arguments.draw.count = number;
    } else if (option == "--seed") {
      arguments.draw.seed = static_cast<uint64_t>(number);
    } else if (option == "--only") {
      arguments.draw.only = number;
    } else {
      return false;
    }
  }
  return argc % 2 == 1;
}
// NOLINTEND(bugprone-branch-clone)

std::vector<Format> Chosen(const std::string& prefix) {
  std::vector<Format> chosen;
  for (const auto& list :
       {ResultsFormats(), DefinitionFormats(), DataFormats(), CorpusFormats(), ModelFormats(),
        ProgramFormats(), RowFormats(), ImageFormats(), StoreFormats()}) {
    for (const Format& format : list) {
      if (absl::StartsWith(format.name, prefix)) chosen.push_back(format);
    }
  }
  return chosen;
}

int Run(const Arguments& arguments) {
  const std::vector<Format> formats = Chosen(arguments.format);
  std::printf("%-38s %8s %8s %11s %12s\n", "format", "refused", "read", "slowest ms", "memory MiB");
  int num_bad = 0;
  for (const Format& format : formats) {
    if (!arguments.write_to.empty() && arguments.draw.only) {
      WriteFile(arguments.write_to,
                MutantOf(format.corpus(), arguments.draw.seed, *arguments.draw.only));
    }
    const Outcome outcome = RunFormat(format, arguments.draw);
    std::printf("%-38s %8lld %8lld %11.1f %12.1f%s%s\n", format.name.c_str(),
                static_cast<long long>(outcome.num_refused),
                static_cast<long long>(outcome.num_read), 1e3 * outcome.slowest_s,
                outcome.memory_mib, outcome.bad ? "  BAD: " : "", outcome.bad.value_or("").c_str());
    std::fflush(stdout);
    num_bad += outcome.bad.has_value();
  }
  std::printf("%zu formats, %d of them not handled in order\n", formats.size(), num_bad);
  return num_bad > 0 || formats.empty() ? 1 : 0;
}

}  // namespace
}  // namespace bench::mutants

int main(int argc, char** argv) {
  bench::mutants::Arguments arguments;
  if (!bench::mutants::Parse(argc, argv, arguments)) {
    std::fprintf(stderr,
                 "usage: mutants [--count N] [--seed S] [--format PREFIX] [--only INDEX]\n");
    return 2;
  }
  return bench::mutants::Run(arguments);
}
