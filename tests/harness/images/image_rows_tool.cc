// Prints the rows of a definition of stage "images" whose images are a user's own, for
// image_rows_oracle_test.py.
//
// usage: image_rows_tool DEFINITION.toml
// A JSON object a line: the symbols and the nearest neighbours' texts, then each row of the parts
// train and validation.
#include <iostream>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/file.h"
#include "base/status.h"
#include "harness/definition/decode.h"
#include "harness/images/image_rows.h"
#include "harness/images/labelled_images.h"
#include "harness/images/nearest_image.h"
#include "nlohmann/json.hpp"

namespace bench::harness::images {
namespace {

std::vector<const Image*> ImagesOf(const ImageRows& rows, Part part) {
  std::vector<const Image*> images;
  for (const int64_t i : rows.images(part)) {
    images.push_back(&rows.labelled().images[static_cast<size_t>(i)].image);
  }
  return images;
}

absl::Status Print(const std::string& path) {
  BENCH_ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
  DecodeOptions options;
  options.label = path;
  BENCH_ASSIGN_OR_RETURN(const Definition definition, DecodeDefinition(text, options));
  const auto* spec = std::get_if<ImagesSpec>(&definition.stage);
  if (spec == nullptr || !spec->path) return UsageError("no definition of one's own images");
  BENCH_ASSIGN_OR_RETURN(LabelledImages labelled, ReadLabelledImages(*spec->path, *spec));
  BENCH_ASSIGN_OR_RETURN(const ImageRows rows,
                         ImageRows::Create(*spec, definition.base_seed, std::move(labelled)));
  BENCH_ASSIGN_OR_RETURN(const std::vector<int64_t> nearest,
                         NearestImages(ImagesOf(rows, Part::kValidation),
                                       ImagesOf(rows, Part::kTrain), definition.run.threads));
  std::vector<std::string> texts;
  for (const int64_t i : nearest) {
    const int64_t image = rows.images(Part::kTrain)[static_cast<size_t>(i)];
    texts.push_back(rows.labelled().images[static_cast<size_t>(image)].text);
  }
  std::cout << nlohmann::json{{"symbols", rows.symbols()}, {"nearest_texts", texts}} << "\n";
  for (const Part part : {Part::kTrain, Part::kValidation}) {
    for (int64_t i = 0; i < rows.num_rows(part); ++i) {
      BENCH_ASSIGN_OR_RETURN(const ImageRow made, rows.RowAt(part, i));
      std::vector<int> marks;
      for (const TokenMark mark : made.row.marks) marks.push_back(static_cast<int>(mark));
      std::cout << nlohmann::json{{"part", std::string(Name(part))},
                                  {"images", made.images},
                                  {"tokens", made.row.tokens},
                                  {"marks", marks},
                                  {"vectors", made.row.vectors.values}}
                << "\n";
    }
  }
  return absl::OkStatus();
}

}  // namespace
}  // namespace bench::harness::images

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: image_rows_tool DEFINITION.toml\n";
    return 2;
  }
  const absl::Status status = bench::harness::images::Print(argv[1]);
  if (status.ok()) return 0;
  std::cerr << status << "\n";
  return 1;
}
