// Where a block gets its parameters: it names each, with its shape and first values, in the order
// in which it is built. The one list of a block's parameters is therefore its constructor, whether
// tensors are bound or only their names and shapes are asked for (then they are undefined).
#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "models/config.h"

namespace bench::models {

using ParameterSource = std::function<at::Tensor(const ParameterSpec& spec)>;

class ParameterScope {
 public:
  // The source must outlive the scope.
  explicit ParameterScope(const ParameterSource& source, std::string prefix = "")
      : source_(source), prefix_(std::move(prefix)) {}

  ParameterScope In(std::string_view name) const {
    return ParameterScope(source_, prefix_ + std::string(name) + ".");
  }
  at::Tensor Take(std::string_view name, std::vector<int64_t> shape, Initial initial) const {
    return source_({prefix_ + std::string(name), std::move(shape), initial});
  }

 private:
  const ParameterSource& source_;
  std::string prefix_;
};

}  // namespace bench::models
