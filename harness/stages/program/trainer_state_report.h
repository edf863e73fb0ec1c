// trainer_state.json of Hugging Face's Trainer, read when the program has ended: the file, or a
// folder that has it (the trainer's output folder; else its checkpoint-N with the largest N).
//
// Each entry of log_history is a row at its `step`: an evaluation where it has keys that begin with
// "eval_", else one of training; the last one, with train_runtime, is the summary. Keys are the
// trainer's ("loss", "eval_loss", "train_runtime", ...); tokens are num_input_tokens_seen, where
// the trainer counts them. Source: transformers, trainer_callback.py (TrainerState) and trainer.py
// (log).
#pragma once

#include "harness/stages/program/report_reader.h"

namespace bench::harness {

class TrainerStateReport : public ReportReader {
 public:
  absl::Status AtEnd(const std::string& path, MetricSink& sink) override;
};

}  // namespace bench::harness
