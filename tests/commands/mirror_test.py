"""Every source has its test, and every test is built: harness/data/prompt.cc <->
tests/harness/data/prompt_test.cc, listed in that folder's CMakeLists.txt."""
import pathlib
import re
import sys

SOURCE = pathlib.Path(sys.argv[1])
FOLDERS = ("base", "results", "trials", "kernels", "models", "harness")
# Not libraries of their own: programs, benchmarks, and the independent references that tests use.
NO_TEST_SUFFIXES = ("_main", "_bench", "_reference")
# One operation is one stem: its CPU and CUDA parts are tested through the operation.
SAME_STEM_SUFFIXES = ("_cpu", "_cuda")
# Built in another file's place where something is missing (no_nvtx.cc, no_cuda.cc).
STAND_IN_PREFIX = "no_"
# Source without a test file of its own -> the test that covers it, and why. Keep this short.
END_TO_END = "tests/commands/bench_run_test.py"
HISTORY_REPORTS = "tests/results/history/history_reports_test.cc"
REPORTS = "tests/results/comparison/reports_test.cc"
COMMITS = "tests/commands/compare_commits_test.py"
FAMILIES_GOLDEN = "tests/models/families/golden_test.cc"
PROGRAMS = "tests/commands/program_run_test.py"
COVERED_BY: dict[str, tuple[str, str]] = {
    **{f"models/blocks/{block}.cc": (FAMILIES_GOLDEN, "every form of it, by the families that have it")
       for block in ("attention", "decoder_blocks", "layer", "linear", "mlp", "norm")},
    "kernels/cuda_launch.cc": ("tests/kernels/cuda_kernels_test.cc", "launches the CUDA kernels"),
    "results/comparison/report_json.cc": (REPORTS, "all reports of one comparison"),
    "results/comparison/report_junit.cc": (REPORTS, "all reports of one comparison"),
    "results/comparison/report_markdown.cc": (REPORTS, "all reports of one comparison"),
    "results/comparison/report_rows.cc": (REPORTS, "all reports of one comparison"),
    "results/comparison/report_text.cc": (REPORTS, "all reports of one comparison"),
    "results/hdf5_record_parts.cc": ("tests/results/hdf5_reader_test.cc", "whole files"),
    "results/history/history_json.cc": (HISTORY_REPORTS, "all reports of one history"),
    "results/history/history_text.cc": (HISTORY_REPORTS, "all reports of one history"),
    "trials/bisect.cc": ("tests/commands/bisect_test.py", "whole searches"),
    "trials/bisect_command.cc": ("tests/commands/bisect_test.py", "whole searches"),
    "trials/search_state.cc": ("tests/commands/bisect_test.py", "searches that go on"),
    "trials/fresh_run.cc": ("tests/trials/trial_test.cc", "runs of trials"),
    "trials/git.cc": (COMMITS, "whole repositories"),
    "trials/invocation.cc": (COMMITS, "whole comparisons"),
    "trials/claimed_folder.cc": ("tests/trials/trial_test.cc", "folders of trials"),
    "trials/commands.cc": (COMMITS, "whole comparisons"),
    "trials/commit_program.cc": (COMMITS, "whole repositories"),
    "trials/export_command.cc": ("tests/trials/bench_compare_test.cc", "the program's output"),
    "trials/help.cc": ("tests/trials/bench_compare_test.cc", "the program's output"),
    "trials/history_command.cc": ("tests/trials/bench_compare_test.cc", "the program's output"),
    "trials/reports.cc": ("tests/trials/bench_compare_test.cc", "the program's output"),
    "trials/commit_source.cc": ("tests/commands/program_sources_test.py", "commits of a program's own repository"),
    "trials/stop_flag.cc": (COMMITS, "interrupted comparisons"),
    "harness/run/experiment_graph.cc": ("tests/commands/pipeline_test.py", "whole graphs of experiments"),
    "harness/training/gradient_exchange.cc": (
        "tests/harness/training/data_parallel_test.cc", "the update that it is a part of"),
    "harness/run/corpus_plan_command.cc": ("tests/commands/plan_test.py", "whole plans"),
    "harness/run/commands.cc": (END_TO_END, "the commands of the command line"),
    "harness/run/inputs.cc": (END_TO_END, "starts the program again for what is needed first"),
    "harness/distributed/nccl_module.cc": (
        "tests/harness/distributed/nccl_group_test.cc", "c10d's NCCL, which needs GPUs"),
    "harness/distributed/rank_meeting.cc": (
        "tests/harness/distributed/ranks_test.cc", "ranks that meet, miss each other or differ"),
    "harness/run/local_ranks.cc": ("tests/commands/ranks_test.py", "whole runs, kills, signals"),
    "harness/data/parquet_module.cc": (
        "tests/harness/data/parquet_rows_test.cc", "the module that it is, through the rows it gives"),
    "harness/run/inspect_data.cc": ("tests/commands/files_of_others_test.py", "whole commands"),
    "harness/run/inspect_documents.cc": ("tests/commands/files_of_others_test.py", "whole commands"),
    "harness/run/inspect_records.cc": ("tests/commands/files_of_others_test.py", "whole commands"),
    "harness/run/inspect_model.cc": ("tests/commands/files_of_others_test.py", "whole commands"),
    "harness/run/child_pool.cc": ("tests/commands/sweep_experiment_test.py", "children of whole sweeps, kills"),
    "harness/run/sweep_child_records.cc": ("tests/commands/sweep_experiment_test.py", "rows and values of children"),
    "harness/run/sweep_child_runs.cc": ("tests/commands/sweep_experiment_test.py", "children that are run, found, lost"),
    "harness/run/sweep_children.cc": ("tests/commands/sweep_experiment_test.py", "which runs stand for children"),
    "harness/run/sweep_plan.cc": ("tests/commands/sweep_experiment_test.py", "whole commands"),
    "harness/run/sweep_stage.cc": ("tests/commands/sweep_experiment_test.py", "whole sweeps"),
    "harness/run/show_command.cc": ("tests/commands/show_test.py", "whole commands"),
    "harness/run/profiled_process.cc": ("tests/commands/profile_test.py", "whole runs under nsys"),
    "harness/run/run_profile.cc": ("tests/commands/profile_test.py", "whole runs that are profiled"),
    "harness/run/run_experiment.cc": (END_TO_END, "a whole run"),
    "harness/stages/training_stage.cc": (END_TO_END, "every stage that trains ends with it"),
    "harness/stages/batches/causal_task.cc": ("tests/harness/stages/clm/task_test.cc", "through that task"),
    "harness/stages/clm/stage.cc": ("tests/commands/clm_run_test.py", "whole runs of pre-training"),
    "harness/model_io/answering_model.cc": ("tests/commands/evaluate_run_test.py", "artifacts and folders"),
    "harness/stages/evaluate/stage.cc": ("tests/commands/evaluate_run_test.py", "whole runs"),
    "harness/stages/corpus/stage.cc": ("tests/commands/corpus_run_test.py", "whole runs"),
    "harness/model_io/decoder_inputs.cc": (END_TO_END, "runs from random weights, artifacts, folders"),
    "harness/run/stage_factory.cc": (END_TO_END, "every stage is run"),
    "harness/stages/generated/stage.cc": ("tests/commands/generated_run_test.py", "whole runs"),
    "harness/stages/images/stage.cc": ("tests/commands/images_run_test.py", "whole runs"),
    "harness/stages/names/stage.cc": ("tests/commands/names_run_test.py", "whole runs"),
    "harness/stages/preferences/stage.cc": ("tests/commands/preferences_run_test.py", "a whole run"),
    "harness/stages/ppo/stage.cc": ("tests/commands/ppo_run_test.py", "a whole run"),
    "harness/stages/program/stage.cc": (PROGRAMS, "whole runs of programs"),
    "harness/stages/refusals/stage.cc": ("tests/commands/facts_run_test.py", "whole runs"),
    "harness/stages/reward/stage.cc": ("tests/commands/reward_run_test.py", "a whole run"),
    "harness/stages/fetch.cc": ("tests/commands/pipeline_test.py", "fetches from an archive of the test"),
    "harness/stages/synthetic/stage.cc": ("tests/commands/perf_data_test.py", "every kind of rows, against an oracle"),
    "harness/stages/sft/stage.cc": (END_TO_END, "a whole run; its parts have tests of their own"),
    "harness/stages/tokenizer/stage.cc": (END_TO_END, "a whole run"),
    "harness/stages/translations/stage.cc": (END_TO_END, "a whole run"),
}


# A family is data: its test is its golden case, which FAMILIES_GOLDEN finds.
FAMILIES = pathlib.Path("models/families")
GOLDEN_CASES = SOURCE / "tests" / "models" / "golden_cases"


def stem(path):
    name = path.stem
    for suffix in SAME_STEM_SUFFIXES:
        name = name.removesuffix(suffix)
    return name


def missing_tests():
    for folder in FOLDERS:
        for path in sorted((SOURCE / folder).rglob("*")):
            relative = path.relative_to(SOURCE)
            if path.suffix not in (".cc", ".cu") or path.stem.endswith(NO_TEST_SUFFIXES):
                continue
            if path.name.startswith(STAND_IN_PREFIX):
                continue
            test = SOURCE / "tests" / relative.parent / f"{stem(path)}_test.cc"
            python_test = test.with_suffix(".py")
            if str(relative) in COVERED_BY or test.exists() or python_test.exists():
                continue
            if relative.parent == FAMILIES and (GOLDEN_CASES / f"{path.stem}.py").exists():
                continue
            yield f"{relative}: no {test.relative_to(SOURCE)}"


def unbuilt_tests():
    for path in sorted((SOURCE / "tests").rglob("*_test.*")):
        if path.suffix not in (".cc", ".cu", ".py"):
            continue
        name = path.stem if path.suffix == ".py" else path.name
        if not any(re.search(rf"\b{re.escape(name)}\b", text) for text in cmake_texts(path.parent)):
            yield f"{path.relative_to(SOURCE)}: in no CMakeLists.txt"


def cmake_texts(folder):
    """The build files of `folder` and of the folders above it in tests/."""
    while folder != SOURCE:
        if (folder / "CMakeLists.txt").exists():
            yield (folder / "CMakeLists.txt").read_text(encoding="utf-8")
        folder = folder.parent


def stale_exceptions():
    for source, (test, _) in COVERED_BY.items():
        for name in (source, test):
            if not (SOURCE / name).exists():
                yield f"{name}: listed in COVERED_BY, but there is no such file"


def main():
    found = [*missing_tests(), *unbuilt_tests(), *stale_exceptions()]
    print("\n".join(found) or "every source has a test and every test is built")
    return 1 if found else 0


sys.exit(main())
