// Stands for bench-run in tests of trials: leaves a results file whose loss and step time follow
// from its arguments, quickly.
//
//   fake_run SECONDS [--fail R] [--threads N] [--stage NAME] [--spread S] --replicate R --out DIR
//
// SECONDS is the step time of every replicate, up to a spread that follows from its number; with
// --spread it is drawn anew in every run, normal with that relative deviation. With
// --fail the replicate R ends with exit code 4 and no results. FAKE_RUN_LOG gets a line a run.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <random>
#include <string>

#include "base/file.h"
#include "results/hdf5_file.h"
#include "tests/results/sample_record.h"

int main(int argc, char** argv) {
  using bench::results::Info;
  std::map<std::string, std::string> options;
  for (int i = 2; i + 1 < argc; i += 2) options[argv[i]] = argv[i + 1];
  const int64_t replicate = std::stoll(options.at("--replicate"));
  const std::string out = options.at("--out");
  if (const char* log = std::getenv("FAKE_RUN_LOG"))
    std::ofstream(log, std::ios::app) << out << "\n";
  if (const char* wait = std::getenv("FAKE_RUN_SECONDS")) ::sleep(std::stoi(wait));
  if (options.contains("--fail") && std::stoll(options["--fail"]) == replicate) {
    std::fprintf(stderr, "fake_run: the data are bad\n");
    return 4;
  }
  bench::results::RunRecord record;
  record.header = bench::results::SampleHeader();
  record.header.replicate = replicate;
  if (options.contains("--threads")) record.header.threads = std::stoll(options["--threads"]);
  if (options.contains("--stage")) record.header.stage = options["--stage"];
  record.status = bench::results::RunStatus::kComplete;
  double spread = 1 + 0.001 * static_cast<double>(replicate * 7 % 5);
  if (options.contains("--spread")) {
    std::random_device device;
    std::mt19937_64 random(device());
    spread = std::normal_distribution<double>(1, std::stod(options["--spread"]))(random);
  }
  record.summary["step_time"] = {Info(bench::results::kStepTime), std::stod(argv[1]) * spread};
  record.summary["loss"] = {Info(bench::results::kLoss), 4 + static_cast<double>(replicate)};
  if (!bench::MakeFolders(out).ok()) return 5;
  return bench::results::WriteResults(record, out + "/results.h5").ok() ? 0 : 5;
}
