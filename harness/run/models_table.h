// bench-run --models: the catalogue of families (models/families) as a table for people (at most
// 160 columns) and as JSON for programs (FORMAT.md): every published size with its parameters,
// counted from its configuration, its axes, tokenizer and month; and the closed models of 2023.
// --plan --model NAME plans one of them. Nothing is fetched.
#pragma once

#include <string>

#include "models/config.h"

namespace bench::harness {

// "RMSNorm, sequential, RoPE 32 of 128, GQA 4 of 32, bias qkv, SwiGLU, untied".
std::string AxesText(const models::DecoderConfig& config);

std::string ModelsText();
std::string ModelsJson();

}  // namespace bench::harness
