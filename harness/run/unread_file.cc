#include "harness/run/unread_file.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/json.h"
#include "base/status.h"
#include "harness/corpus/document_reader.h"
#include "harness/data/compression.h"
#include "harness/run/inspect_records.h"
#include "models/weight_files.h"

namespace bench::harness {
namespace {

constexpr char kConvert[] =
    "load the folder in transformers and save it again, which writes safetensors: "
    "AutoModelForCausalLM.from_pretrained(FOLDER).save_pretrained(NEW_FOLDER)";
constexpr char kNoConfig[] =
    "config.json, which says the family and the geometry, is missing beside them: copy it, and the "
    "tokenizer's files, from where the weights come from, and give the folder";
constexpr char kAdapter[] =
    "an adapter of PEFT, which is no model by itself: merge it into the model that it adapts "
    "(merge_and_unload() of PEFT), save that, and give its folder";

// By a file's ending ("": any) and first bytes ("": any).
struct KnownFile {
  std::string_view ending;
  std::string_view magic;
  std::string_view what;
};
constexpr std::string_view kPickle =
    "weights in a pickle, which can run code of whoever wrote it and is never read: ";
constexpr std::string_view kGguf = "GGUF";
constexpr std::string_view kPdf = "%PDF-";
constexpr std::array<KnownFile, 15> kKnownFiles = {{
    {".bin", "PK", kPickle},
    {".pt", "PK", kPickle},
    {".pth", "PK", kPickle},
    {".ckpt", "PK", kPickle},
    {".bin", "\x80", kPickle},
    {".pt", "\x80", kPickle},
    {".pth", "\x80", kPickle},
    {".ckpt", "\x80", kPickle},
    {"", kGguf,
     "weights of llama.cpp (GGUF), which are not read: give the Hugging Face folder that they were "
     "made of"},
    {".onnx", "",
     "a model for inference (ONNX), which is not read: give the Hugging Face folder that it was "
     "made of"},
    {"", "\x89HDF",
     "an HDF5 file: --show shows the results of a run; weights and data in HDF5 are not read"},
    {"", kPdf, "a PDF document, which is not read: extract its text first, as by pdftotext"},
    {"", "PK\x03\x04",
     "a ZIP archive (as .docx, .xlsx and .epub are), which is not read: unpack it, or save it as "
     "text, HTML or CSV"},
    {"", std::string_view("ARROW1\0\0", 8),
     "an Arrow file, which is not read: write it as Parquet, as by pyarrow.parquet.write_table"},
    {".arrow", "",
     "an Arrow file, which is not read: write it as Parquet or JSON lines, as by "
     "load_from_disk(FOLDER).to_json(FILE) of datasets"},
}};

constexpr size_t kHeadBytes = 16;

std::string NameOf(const std::string& path) { return std::filesystem::path(path).filename(); }

// Whether a file is one by its first bytes. Texts may begin with those of GGUF and PDF: a version,
// a small number in little endian, follows the first; a text says by its name that it is no PDF.
bool BeginsAs(const KnownFile& known, const std::string& path, std::string_view head) {
  if (!head.starts_with(known.magic)) return false;
  if (known.magic == kGguf) return head.substr(4).find(std::string_view("\0\0\0", 3)) == 1;
  return known.magic != kPdf || !corpus::FormatOf(NameOf(path)).has_value();
}

// As a command's argument.
std::string FolderOf(const std::string& path) {
  const std::string parent = std::filesystem::path(path).parent_path();
  return parent.empty() ? "." : parent;
}

std::string GiveTheFolder(const std::string& path, std::string_view what) {
  return absl::StrCat(internal::View(what), ": a model is read as a folder: --inspect ",
                      FolderOf(path));
}

std::string LoneWeights(const std::string& path) {
  if (NameOf(path).starts_with("adapter_")) return kAdapter;
  const std::string what = "the weights of a model (safetensors)";
  if (Exists(absl::StrCat(FolderOf(path), "/", models::kConfigFile))) {
    return GiveTheFolder(path, what);
  }
  return absl::StrCat(what, ": ", kNoConfig);
}

bool IsOneOf(std::string_view name, const std::vector<std::string>& names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// The first name that a file of weights has; "": none.
std::string WeightsIn(const std::vector<std::string>& names) {
  const auto found = std::find_if(names.begin(), names.end(), [](const std::string& name) {
    return name.ends_with(".safetensors") || name.ends_with(".gguf") ||
           name.starts_with("pytorch_model");
  });
  return found == names.end() ? "" : *found;
}

// Files of a Hugging Face folder that say nothing alone.
constexpr std::array<std::string_view, 9> kFolderFiles = {"config.json",
                                                          "tokenizer_config.json",
                                                          "special_tokens_map.json",
                                                          "generation_config.json",
                                                          "added_tokens.json",
                                                          "vocab.json",
                                                          "adapter_config.json",
                                                          "preprocessor_config.json",
                                                          models::kIndexFile};

// What a JSON object of a Hugging Face folder is, by its members or its name; "": none.
std::string FolderFile(const std::string& path, const FieldKinds& fields) {
  const auto has = [&](std::string_view name) { return fields.contains(name); };
  if (has("peft_type")) return absl::StrCat("the configuration of ", kAdapter);
  if (has("model_type") || has("architectures")) {
    return GiveTheFolder(path, "the configuration of a model (config.json)");
  }
  if (has("weight_map")) return GiveTheFolder(path, "the index of a model's weights");
  const std::string name = NameOf(path);
  if (std::find(kFolderFiles.begin(), kFolderFiles.end(), name) == kFolderFiles.end()) return "";
  return GiveTheFolder(path, "one file of a model's or a tokenizer's folder");
}

// Whether a JSON file is one object, and not several in lines. What cannot be looked at, or is
// larger than the files of a model's folder are, is taken for one.
bool IsOneObject(const std::string& path) {
  constexpr int64_t kMaxBytes = int64_t{16} << 20;
  const auto text = ReadFile(path, kMaxBytes);
  return !text.ok() || ParseJsonObject(*text).ok();
}

constexpr char kRecordFields[] =
    "records have instruction and output, messages, conversations, prompt and completion, or "
    "prompt, chosen and rejected; documents have text: rename the fields";

// A table of one column is hardly ever meant.
std::string OtherSeparator(const FieldKinds& columns) {
  if (columns.size() != 1) return "";
  for (const std::string_view separator : {";", "|", "\t"}) {
    if (columns.begin()->first.find(separator) == std::string::npos) continue;
    return absl::StrCat("; its cells seem to be separated by ",
                        separator == "\t" ? "tabs" : internal::View(separator),
                        ", which .csv must not be: write it with commas, or as .tsv with tabs");
  }
  return "";
}

}  // namespace

absl::StatusOr<std::string> UnreadFile(const std::string& path) {
  if (path.ends_with(".safetensors")) return LoneWeights(path);
  BENCH_ASSIGN_OR_RETURN(const std::string head, FirstBytes(path, kHeadBytes));
  for (const KnownFile& known : kKnownFiles) {
    if (!path.ends_with(known.ending) || !BeginsAs(known, path, head)) continue;
    return absl::StrCat(internal::View(known.what), known.what == kPickle ? kConvert : "");
  }
  return std::string();
}

absl::StatusOr<std::string> UnreadFolder(const std::string& folder) {
  BENCH_ASSIGN_OR_RETURN(const std::vector<std::string> names, ListFolder(folder));
  if (IsOneOf("adapter_config.json", names)) return std::string(kAdapter);
  if (const std::string weights = WeightsIn(names); !weights.empty()) {
    return absl::StrCat("the weights of a model (", QuotedForMessage(weights), "): ", kNoConfig);
  }
  const bool has_arrow = std::any_of(
      names.begin(), names.end(), [](const std::string& name) { return name.ends_with(".arrow"); });
  if (has_arrow || IsOneOf("dataset_dict.json", names)) {
    return std::string(
        "a data set that datasets saved (save_to_disk), which is not read: write it as JSON lines, "
        "as by load_from_disk(FOLDER).to_json(FILE)");
  }
  if (IsOneOf("tokenizer_config.json", names)) {
    return std::string(
        "the settings of a tokenizer (tokenizer_config.json) without tokenizer.json or "
        "tokenizer.model: AutoTokenizer.from_pretrained(NAME).save_pretrained(FOLDER) of "
        "transformers writes the first");
  }
  return std::string();
}

std::string UnreadRows(const std::string& path, const RowShape& shape) {
  const std::string fields = FieldsText(shape.fields);
  if (shape.format != DataFormat::kJson) {
    return absl::StrCat("a table (", FormatText(shape), ") whose columns are no record's: ", fields,
                        "; ", kRecordFields, OtherSeparator(shape.fields));
  }
  const bool is_object =
      shape.json.layout == JsonLayout::kOneRecord && path.ends_with(".json") && IsOneObject(path);
  if (is_object) {
    if (std::string part = FolderFile(path, shape.fields); !part.empty()) return part;
  }
  return absl::StrCat(
      is_object ? std::string("a JSON object that is no record and holds no list of records")
                : absl::StrCat(FormatText(shape), " whose objects are no records"),
      ": ", fields, "; ", kRecordFields);
}

}  // namespace bench::harness
