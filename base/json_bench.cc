// What the checks of ReadJsonEvents add to the library's parse: JSON lines of a corpus, read with
// and without them, interleaved. Prints a JSON object: seconds of each arm (medians) and their
// ratio. usage: json_bench [rounds]
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/json.h"

namespace bench {
namespace {

using Json = nlohmann::json;

// Receives everything and keeps a count, as the cheapest reader would.
class Counter : public nlohmann::json_sax<Json> {
 public:
  bool null() override { return Count(); }
  bool boolean(bool) override { return Count(); }
  bool number_integer(number_integer_t) override { return Count(); }
  bool number_unsigned(number_unsigned_t) override { return Count(); }
  bool number_float(number_float_t, const string_t&) override { return Count(); }
  bool string(string_t& value) override { return num_bytes += value.size(), Count(); }
  bool binary(binary_t&) override { return false; }
  bool start_object(size_t) override { return Count(); }
  bool key(string_t&) override { return true; }
  bool end_object() override { return true; }
  bool start_array(size_t) override { return Count(); }
  bool end_array() override { return true; }
  bool parse_error(size_t, const std::string&, const nlohmann::detail::exception&) override {
    return false;
  }

  size_t num_values = 0, num_bytes = 0;

 private:
  bool Count() { return ++num_values > 0; }
};

// 16 MiB of lines with a text of 200 to 20,000 bytes, a tenth of them with escapes.
std::vector<std::string> Lines() {
  constexpr size_t kTotalBytes = size_t{16} << 20;
  std::vector<std::string> lines;
  size_t num_bytes = 0;
  for (size_t i = 0; num_bytes < kTotalBytes; ++i) {
    std::string text;
    for (size_t word = 0; word < 40 + (i * 7919) % 3960; ++word) {
      text += word % 11 == 10 ? "caf\u00e9\n" : "word ";
    }
    lines.push_back(Json({{"id", i}, {"url", "https://example.org/"}, {"text", text}}).dump());
    num_bytes += lines.back().size();
  }
  return lines;
}

template <typename Read>
double Seconds(const std::vector<std::string>& lines, const Read& read) {
  const auto start = std::chrono::steady_clock::now();
  for (const std::string& line : lines) {
    Counter counter;
    if (!read(line, counter) || counter.num_values == 0) std::exit(1);
  }
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double Median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + std::ssize(values) / 2, values.end());
  return values[values.size() / 2];
}

int Main(int num_rounds) {
  const std::vector<std::string> lines = Lines();
  const auto library = [](const std::string& line, Counter& counter) {
    return Json::sax_parse(line.begin(), line.end(), &counter);
  };
  const auto strict = [](const std::string& line, Counter& counter) {
    return ReadJsonEvents(line, counter);
  };
  std::vector<double> before, after, ratios;
  for (int round = 0; round < num_rounds; ++round) {
    before.push_back(Seconds(lines, library));
    after.push_back(Seconds(lines, strict));
    ratios.push_back(after.back() / before.back());
  }
  const Json result = {{"library_s", Median(before)},
                       {"strict_s", Median(after)},
                       {"ratio", Median(ratios)},
                       {"rounds", num_rounds}};
  std::puts(result.dump().c_str());
  return 0;
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
  return bench::Main(argc > 1 ? static_cast<int>(std::strtol(argv[1], nullptr, 10)) : 21);
}
