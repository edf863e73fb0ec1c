#include "harness/stages/training_disk.h"

#include <ATen/CPUGeneratorImpl.h>

#include <filesystem>

#include "gtest/gtest.h"
#include "harness/model_io/decoder_artifact.h"
#include "harness/training/loop.h"
#include "models/blocks/decoder_blocks.h"
#include "models/hf_folder.h"
#include "nlohmann/json.hpp"
#include "tests/harness/run_fixture.h"

namespace bench::harness {
namespace {

constexpr int64_t kVocabSize = 50;

ModelSpec TinyModel() {
  ModelSpec model;
  model.hidden_size = 32;
  model.num_layers = 3;
  model.num_heads = 4;
  model.num_kv_heads = 2;
  model.intermediate_size = 48;
  model.max_positions = 16;
  model.tie_embeddings = false;
  return model;
}

// Every parameter has a gradient; a state of its own in a few bytes.
class SumOfParameters : public TrainingTask {
 public:
  explicit SumOfParameters(const std::vector<models::NamedTensor>& parameters)
      : parameters_(parameters) {}
  const std::vector<models::NamedTensor>& parameters() const override { return parameters_; }
  absl::StatusOr<Window> NextWindow() override { return Window{1, 1.0, 1, 1}; }
  at::Tensor LossSum(int64_t) override {
    at::Tensor sum = at::zeros({});
    for (const models::NamedTensor& parameter : parameters_) sum = sum + parameter.tensor.sum();
    return sum;
  }
  absl::StatusOr<Evaluation> Evaluate(EvaluationPoint, int64_t) override { return Evaluation{}; }
  nlohmann::json SaveState() const override { return {{"position", 1}}; }
  absl::Status RestoreState(const nlohmann::json&) override { return absl::OkStatus(); }

 private:
  const std::vector<models::NamedTensor>& parameters_;
};

int64_t FileBytes(const std::string& folder) {
  int64_t bytes = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) bytes += static_cast<int64_t>(entry.file_size());
  }
  return bytes;
}

struct Written {
  int64_t checkpoint_bytes = 0;
  int64_t weights_bytes = 0;  // of the artifact, with its header
  int64_t num_parameters = 0;
};

// By a real run of three steps.
Written Train(Precision precision) {
  const auto type = precision == Precision::kMixed ? at::kBFloat16 : at::kFloat;
  const auto decoder = *models::Decoder::Create(DecoderConfigOf(TinyModel(), kVocabSize),
                                                at::detail::createCPUGenerator(1), at::kCPU, type);
  RunFixture fixture;
  SumOfParameters task(decoder->parameters());
  RunContext context = fixture.Start("run");
  LoopSpec loop;
  loop.optimizer.learning_rate = 1e-3;
  loop.num_steps = 3;
  loop.checkpoint_every_steps = 1;
  const at::AutoGradMode grad(true);
  EXPECT_TRUE(RunTrainingLoop(loop, task, context).ok());
  const std::string model = fixture.folder() / "model";
  EXPECT_TRUE(MakeFolders(model).ok());
  EXPECT_TRUE(models::SaveHfFolder(*decoder, {}, model).ok());
  const std::string checkpoints = fixture.folder() / "run" + "/checkpoints";
  return {FileBytes(checkpoints) / kCheckpointsKept,
          static_cast<int64_t>(std::filesystem::file_size(model + "/model.safetensors")),
          models::NumParameters(decoder->config())};
}

DiskNeed Need(Precision precision) {
  const ModelSpec model = TinyModel();
  const InitSpec init;
  const auto need = DecoderDisk({model, init, kVocabSize, precision}, OptimizerSpec{}, {});
  EXPECT_TRUE(need.ok()) << need.status();
  return *need;
}

// By hand: weights, two moments in fp32, and in mixed precision the fp32 master weights.
constexpr std::pair<Precision, int64_t> kBytesPerParameter[] = {
    {Precision::kFp32, 4 + 8}, {Precision::kAutocast, 4 + 8}, {Precision::kMixed, 2 + 12}};

TEST(TrainingDisk, IsWhatTheCheckpointsOfARunTakeInEveryPrecision) {
  constexpr int64_t kTaskState = 1024;  // where the run is: step, statistics, position
  for (const auto& [precision, bytes_per_parameter] : kBytesPerParameter) {
    const Written written = Train(precision);
    const int64_t need = Need(precision).run_folder_bytes;
    EXPECT_GE(written.checkpoint_bytes, bytes_per_parameter * written.num_parameters);
    EXPECT_EQ(need % (kCheckpointsKept + 1), 0);
    const int64_t one = need / (kCheckpointsKept + 1);
    EXPECT_LE(one, written.checkpoint_bytes) << static_cast<int>(precision);
    EXPECT_GE(one, written.checkpoint_bytes - kTaskState) << static_cast<int>(precision);
  }
}

TEST(TrainingDisk, TheArtifactHasTheParametersInTheirOwnType) {
  for (const Precision precision : {Precision::kFp32, Precision::kMixed}) {
    const Written written = Train(precision);
    constexpr int64_t kHeader = 4096;
    EXPECT_EQ(Need(precision).artifact_bytes,
              written.num_parameters * (precision == Precision::kMixed ? 2 : 4));
    EXPECT_LE(written.weights_bytes, Need(precision).artifact_bytes + kHeader);
  }
}

TEST(TrainingDisk, StateOfTheTaskIsInEveryCheckpoint) {
  const ModelSpec model = TinyModel();
  const InitSpec init;
  const auto decoder = *WithoutWeights({model, init, kVocabSize}, {});
  const auto& parameters = decoder->parameters();
  const DiskNeed without = *TrainingDisk(OptimizerSpec{}, {parameters, 5});
  const DiskNeed with = *TrainingDisk(OptimizerSpec{}, {parameters, 5, 1000});
  EXPECT_EQ(without.artifact_bytes, 5);
  EXPECT_EQ(with.run_folder_bytes - without.run_folder_bytes, 3000);
}

// Published vocabularies are padded: the weights have more rows than the tokenizer has ids.
TEST(TrainingDisk, TheModelIsThatOfTheInitialWeights) {
  const TempFolder folder;
  ModelSpec model = TinyModel();
  const auto padded =
      *models::Decoder::Create(DecoderConfigOf(model, kVocabSize + 14),
                               at::detail::createCPUGenerator(1), at::kCPU, at::kFloat);
  ASSERT_TRUE(models::SaveHfFolder(*padded, {}, folder.path()).ok());
  InitSpec init;
  init.weights = InitSource::kFolder;
  init.folder = folder.path();
  EXPECT_EQ((*WithoutWeights({model, init, kVocabSize}, {}))->config().vocab_size, kVocabSize + 14);
  init.weights = InitSource::kArtifact;
  init.folder.reset();
  const std::map<std::string, Artifact> inputs = {{"initial_weights", {"", folder.path()}}};
  EXPECT_EQ((*WithoutWeights({model, init, kVocabSize}, inputs))->config().vocab_size,
            kVocabSize + 14);
}

}  // namespace
}  // namespace bench::harness
