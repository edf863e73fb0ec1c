// An unpacked package for tests: two languages of the golden catalogue.
#pragma once

#include <filesystem>
#include <string>

#include "harness/data/source.h"

namespace bench::harness {

inline constexpr const char* kTestRecords =
    R"({"catalogue":"m.mo","context":"","english":"%d files","translations":{"zh_CN":"%d 些檔案","zh_TW":"%d 些檔案"}}
{"catalogue":"m.mo","context":"","english":"Open","translations":{"zh_CN":"開啟","zh_TW":"開啟"}}
{"catalogue":"m.mo","context":"","english":"Two\nlines","translations":{"zh_CN":"兩\n行","zh_TW":"兩\n行"}}
{"catalogue":"m.mo","context":"menu","english":"Open","translations":{"zh_CN":"打開","zh_TW":"打開"}}
)";

inline void MakeTestTree(const std::string& root) {
  namespace fs = std::filesystem;
  const std::string golden = std::string(BENCH_TEST_DATA) + "/harness/data/golden/";
  for (const char* language : {"zh_CN", "zh_TW", "de"}) {
    const std::string folder = root + "/usr/share/locale/" + language + "/LC_MESSAGES";
    fs::create_directories(folder);
    fs::copy_file(golden + "messages_big.mo", folder + "/m.mo");
    fs::create_symlink("m.mo", folder + "/link.mo");
  }
}

inline SourceManifest TestManifest() {
  return {.name = "test",
          .path = "experiments/data/test.toml",
          .package = "test-package",
          .licence = "MIT",
          .description = "Test",
          .files = {"usr/share/locale/zh_CN/LC_MESSAGES/*.mo",
                    "usr/share/locale/zh_TW/LC_MESSAGES/*.mo"},
          // sha256sum of kTestRecords
          .sha256 = "fdabf4802013eaec0a6204dd745f73d2216b5cd4320fc4c57b7e9d395305e693"};
}

}  // namespace bench::harness
