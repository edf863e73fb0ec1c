#include "tests/mutants/format.h"

#include <cstdlib>
#include <fstream>

#include "base/file.h"

namespace bench::mutants {

void WriteFile(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

std::string TestFile(const std::string& name) {
  return ReadFile(std::string(BENCH_TEST_DATA) + "/" + name).value();
}

std::vector<std::string> JsonWords() {
  return {"{",
          "}",
          "[",
          "]",
          ",",
          ":",
          "\"",
          "\\",
          "null",
          "true",
          "{\"a\":",
          "[[",
          "NaN",
          "1e400",
          "\\u",
          "\"\\ud800\"",
          "\xFF",
          "\\u0000",
          "\xEF\xBB\xBF",
          "\"x\":\"y\",",
          "-0.0",
          "\r\n",
          "\n"};
}

}  // namespace bench::mutants
