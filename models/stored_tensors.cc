#include "models/stored_tensors.h"

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "models/blocks/decoder_blocks.h"
#include "models/families/family.h"

namespace bench::models {
namespace {

using RowNumbers = std::vector<int64_t>;

std::string ShapeText(at::IntArrayRef shape) {
  std::string text = "[";
  for (size_t i = 0; i < shape.size(); ++i) absl::StrAppend(&text, i == 0 ? "" : ", ", shape[i]);
  return text + "]";
}

// Row of a part at a row of the file, of heads with interleaved pairs.
RowNumbers PairRows(const DecoderConfig& c, int64_t num_heads) {
  const int64_t half = RotaryWidth(c) / 2;
  RowNumbers rows;
  for (int64_t head = 0; head < num_heads; ++head) {
    for (int64_t i = 0; i < c.head_dim; ++i) {
      const int64_t place = i >= 2 * half ? i : i % 2 == 0 ? i / 2 : half + i / 2;
      rows.push_back(head * c.head_dim + place);
    }
  }
  return rows;
}

// Rows of [q; k; v] in the order of the file.
class QkvRows {
 public:
  QkvRows(const DecoderConfig& config, const TensorNames& names)
      : q_(Rows(config, names, config.num_heads, 0)),
        k_(Rows(config, names, config.num_kv_heads, config.num_heads)),
        v_(Plain(config.num_kv_heads * config.head_dim,
                 (config.num_heads + config.num_kv_heads) * config.head_dim)) {}

  RowNumbers Concatenated() const { return Join({q_, k_, v_}); }
  RowNumbers InParts(int64_t num_parts, QkvStorage storage) const {
    RowNumbers all;
    for (int64_t part = 0; part < num_parts; ++part) {
      const RowNumbers q = Part(q_, part, num_parts), k = Part(k_, part, num_parts),
                       v = Part(v_, part, num_parts);
      const RowNumbers joined =
          storage == QkvStorage::kFourBlocks ? Join({q, v, k}) : Join({q, k, v});
      all.insert(all.end(), joined.begin(), joined.end());
    }
    return all;
  }

 private:
  static RowNumbers Plain(int64_t count, int64_t first) {
    RowNumbers rows(static_cast<size_t>(count));
    for (int64_t i = 0; i < count; ++i) rows[static_cast<size_t>(i)] = first + i;
    return rows;
  }
  static RowNumbers Rows(const DecoderConfig& c, const TensorNames& names, int64_t num_heads,
                         int64_t heads_before) {
    if (names.pairs == PairStorage::kHalves) {
      return Plain(num_heads * c.head_dim, heads_before * c.head_dim);
    }
    RowNumbers rows = PairRows(c, num_heads);
    for (int64_t& row : rows) row += heads_before * c.head_dim;
    return rows;
  }
  static RowNumbers Part(const RowNumbers& rows, int64_t part, int64_t num_parts) {
    const int64_t length = std::ssize(rows) / num_parts;
    return {rows.begin() + part * length, rows.begin() + (part + 1) * length};
  }
  static RowNumbers Join(const std::vector<RowNumbers>& parts) {
    RowNumbers all;
    for (const RowNumbers& part : parts) all.insert(all.end(), part.begin(), part.end());
    return all;
  }

  RowNumbers q_, k_, v_;
};

RowNumbers JoinedRows(const DecoderConfig& config, const TensorNames& names) {
  const QkvRows rows(config, names);
  constexpr int64_t kBlocks = 4;
  switch (names.qkv) {
    case QkvStorage::kGrouped:
      return rows.InParts(config.num_kv_heads, names.qkv);
    case QkvStorage::kFourBlocks:
      return rows.InParts(kBlocks, names.qkv);
    case QkvStorage::kConcatenated:
      break;
  }
  return rows.Concatenated();
}

// The names of the parts of a layer, with what the family calls them.
std::vector<std::pair<std::string_view, std::string_view>> LayerNames(const TensorNames& names) {
  return {{"input_layernorm", names.attention_norm},
          {"self_attn.q_proj", names.q},
          {"self_attn.k_proj", names.k},
          {"self_attn.v_proj", names.v},
          {"self_attn.o_proj", names.o},
          {"post_attention_layernorm", names.mlp_norm},
          {"mlp.gate_proj", names.gate},
          {"mlp.up_proj", names.up},
          {"mlp.down_proj", names.down}};
}

std::vector<std::pair<std::string_view, std::string_view>> ModelNames(const TensorNames& names) {
  return {{"model.embed_tokens", names.embedding},
          {"model.embed_layernorm", names.embedding_norm},
          {"model.norm", names.final_norm},
          {"lm_head", names.head}};
}

// "model.layers.3.mlp.up_proj.weight" -> the family's name.
std::string StoredName(const TensorNames& names, std::string_view name) {
  constexpr std::string_view kLayers = "model.layers.";
  const size_t kind = name.rfind('.');  // before "weight" or "bias"
  std::string_view part = name.substr(0, kind);
  std::string stored;
  const bool in_layer = part.substr(0, kLayers.size()) == kLayers;
  if (in_layer) {
    const size_t number_end = part.find('.', kLayers.size());
    stored = std::string(names.layers) +
             std::string(part.substr(kLayers.size() - 1, number_end + 2 - kLayers.size()));
    part = part.substr(number_end + 1);
  }
  for (const auto& [ours, theirs] : in_layer ? LayerNames(names) : ModelNames(names)) {
    if (ours == part) return stored + std::string(theirs) + std::string(name.substr(kind));
  }
  return std::string(name);
}

// A tensor of a file and the parameters that it holds.
struct StoredTensor {
  ParameterSpec spec;                // of the file
  std::vector<ParameterSpec> parts;  // in canonical order
};

// Rows of the parts in the order of the file; empty: as they are. Sizes are those of tensors that
// exist: as many numbers as rows are made.
RowNumbers RowsOf(const DecoderConfig& config, const StoredTensor& tensor) {
  const TensorNames& names = EntryOf(config.family).names;
  const std::string& first = tensor.parts[0].name;
  if (tensor.parts.size() == 3) return JoinedRows(config, names);
  if (names.pairs == PairStorage::kHalves) return {};
  if (absl::StrContains(first, "q_proj")) return PairRows(config, config.num_heads);
  if (absl::StrContains(first, "k_proj")) return PairRows(config, config.num_kv_heads);
  return {};
}

std::vector<StoredTensor> StoredTensors(const DecoderConfig& config) {
  const TensorNames& names = EntryOf(config.family).names;
  std::vector<StoredTensor> tensors;
  std::map<std::string, size_t> places;
  for (const ParameterSpec& spec : Parameters(config)) {
    const std::string name = StoredName(names, spec.name);
    const auto [place, is_new] = places.emplace(name, tensors.size());
    if (is_new) tensors.push_back({{name, spec.shape, spec.initial}, {spec}});
    if (is_new) continue;
    StoredTensor& joined = tensors[place->second];
    joined.parts.push_back(spec);
    joined.spec.shape[0] += spec.shape[0];
  }
  return tensors;
}

at::Tensor Index(const RowNumbers& rows, at::Device device) {
  return at::tensor(rows, at::kLong).to(device);
}

void Split(const StoredTensor& stored, const RowNumbers& rows, const at::Tensor& tensor,
           std::vector<NamedTensor>& parameters) {
  at::Tensor all = tensor;
  if (!rows.empty()) all = tensor.index_select(0, Index(rows, tensor.device()).argsort());
  int64_t row = 0;
  for (const ParameterSpec& part : stored.parts) {
    parameters.push_back({part.name, all.narrow(0, row, part.shape[0])});
    row += part.shape[0];
  }
}

}  // namespace

absl::Status CheckTensor(const ParameterSpec& spec, const at::Tensor& tensor) {
  if (!tensor.is_floating_point()) {
    return DataError(absl::StrCat("tensor ", spec.name, " is not of a floating type"));
  }
  if (tensor.sizes() == at::IntArrayRef(spec.shape)) return absl::OkStatus();
  return DataError(absl::StrCat("tensor ", spec.name, " has shape ", ShapeText(tensor.sizes()),
                                ", expected ", ShapeText(spec.shape)));
}

absl::StatusOr<std::vector<NamedTensor>> FromStorage(const DecoderConfig& config,
                                                     std::vector<NamedTensor> tensors) {
  const at::NoGradGuard no_grad;
  std::map<std::string, at::Tensor> by_name;
  for (NamedTensor& t : tensors) {
    if (!by_name.emplace(t.name, t.tensor).second) return DataError("duplicate tensor " + t.name);
  }
  std::vector<NamedTensor> parameters;
  for (const StoredTensor& stored : StoredTensors(config)) {
    const auto found = by_name.extract(stored.spec.name);
    if (found.empty()) return DataError("missing tensor " + stored.spec.name);
    BENCH_RETURN_IF_ERROR(CheckTensor(stored.spec, found.mapped()));
    Split(stored, RowsOf(config, stored), found.mapped(), parameters);
  }
  const std::string head = StoredName(EntryOf(config.family).names, "lm_head.weight");
  for (auto& [name, tensor] : by_name) {
    parameters.push_back({name == head ? "lm_head.weight" : name, tensor});
  }
  return parameters;
}

std::vector<NamedTensor> ToStorage(const DecoderConfig& config,
                                   const std::vector<NamedTensor>& parameters) {
  const at::NoGradGuard no_grad;
  std::map<std::string, at::Tensor> by_name;
  for (const NamedTensor& p : parameters) by_name.emplace(p.name, p.tensor);
  std::vector<NamedTensor> tensors;
  for (const StoredTensor& stored : StoredTensors(config)) {
    std::vector<at::Tensor> parts;
    for (const ParameterSpec& part : stored.parts) {
      if (const auto found = by_name.find(part.name); found != by_name.end()) {
        parts.push_back(found->second);
      }
    }
    if (parts.empty()) continue;
    TORCH_CHECK(parts.size() == stored.parts.size(), "ToStorage: ", stored.spec.name,
                " is not complete");
    at::Tensor all = parts.size() == 1 ? parts[0] : at::cat(parts, 0);
    const RowNumbers rows = RowsOf(config, stored);
    if (!rows.empty()) all = all.index_select(0, Index(rows, all.device()));
    tensors.push_back({stored.spec.name, all});
  }
  return tensors;
}

}  // namespace bench::models
