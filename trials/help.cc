// What bench-compare --help prints.
#include "trials/arguments.h"

namespace bench::trials {

const std::string_view kCompareHelp = R"(usage: bench-compare [options] BASE HEAD
       bench-compare --arms [options] --out FOLDER 'EXPERIMENT [settings]' 'EXPERIMENT [settings]'
       bench-compare --commits [options] --out FOLDER BASE HEAD 'EXPERIMENT [settings]'...
       bench-compare --bisect [options] --out FOLDER GOOD BAD 'EXPERIMENT [settings]' METRIC
       bench-compare --history [options] EXPERIMENT [FOLDER...]
       bench-compare --baseline [options] HEAD
       bench-compare --update-baseline --reason TEXT [--baselines FOLDER] RESULTS
       bench-compare --export csv|jsonl|tensorboard|openmetrics [--out PATH] RESULT
       bench-compare --help | --version

Did anything change between two groups of runs of one experiment? BASE and HEAD are results files,
run folders, folders of several replicates, or runs of the store (clm_tiny@1/3).

Strict runs of one replicate number are compared bit for bit first: the first digest, step and value
that differ are named. Then every metric of the summary is judged, a replicate being the unit: times
by ranks, losses and scores by pairs of replicates with the same seeds, counts exactly, memory by
medians. A metric is the same, improved, regressed, changed (it has no better direction) or unclear:
too few replicates to say. With six replicates an arm, better nine, the learning curves are tested
as wholes.

With --arms and --commits both arms are run first, one beside the other in fresh processes (ABBA
blocks in random order), until what is required is decided: looks at the results are fixed before
the first run, and their errors add up to those of one comparison. Settings are --set KEY=VALUE,
--steps N, --device KIND, --nproc N, --experiments DIR and --env NAME=VALUE. What two --arms were
told to differ in is listed and does not make them incomparable; anything else does. --commits
builds both commits, each with its own definitions; "." is the tree as it is. The same command
continues an interrupted one.

--bisect names the commit between two that changed a metric, and with what probability. --history
shows the metrics of an experiment's results over commits, and where their level changed.
--baseline compares with the results that are kept for the same definition and machine class, and
--update-baseline keeps some. --export writes a result for other programs.

options:
  --require WHAT   what passes: not-worse (default: no metric is worse by more than its margin),
                   same (every metric is shown to be the same, or improved), bitwise (equal bits,
                   nothing else)
  --metrics LIST   judge these only: names, paths or kinds (learning, time, memory, count), by
                   commas
  --allow NAME     this metric or path, without a better direction, may change (repeatable)
  --target M=V     also compare the tokens and the time after which metric M of the evaluations
                   first reaches V (repeatable)
  --json, --junit, --markdown, --html
                   print this format instead of the table; with =FILE write it there as well.
                   Markdown is also appended to the file that $GITHUB_STEP_SUMMARY names
  --help           print this
  --version        print the version

options of --arms, --commits and --bisect:
  --out FOLDER     where the runs go
  --replicates N   at most so many of each arm; default 20
  --max-minutes M  begin no block of runs that would not end in time (building does not count)

options of --commits and --bisect:
  --build-command C, --program PATH
                   how a commit is built, and what is run then, from the root of its tree; default
                   "./bench-run --version" and build/release/bin/bench-run
  --source FOLDER  the commits are of this repository, a program's of stage "program": this
                   bench-run runs what is checked out (docs/programs.md)

options of baselines:
  --baselines DIR  where they are kept; default results/baselines of the project
  --reason TEXT    why a baseline may change; kept with it

exit codes
  0  what is required is shown
  1  a metric regressed, or changed without being allowed to; the head diverged or has a value that
     is not finite; learning curves are worse; with --require bitwise: a bit differs
  2  wrong usage
  3  not shown: too few replicates, a metric that only the base has; or not comparable (another
     definition, machine class, device, number of threads or processes, input; no replicate number
     in common; a run that did not complete)
  4  a results file is damaged, truncated or not a results file
  5  a file cannot be read or written, a run or a build failed
  128+n  ended by signal n

examples
  bench-compare before/results.h5 after/results.h5
  bench-compare --metrics learning,memory before after
  bench-compare --require bitwise before after
  bench-compare --markdown --junit=comparison.xml baseline/ run/
  bench-compare --arms --out t 'experiments/clm_tiny' 'experiments/clm_tiny --set run.threads=1'
  bench-compare --commits --out c main . experiments/clm_tiny
  bench-compare --bisect --out b v0.1.0 main experiments/clm_tiny step_time
  bench-compare --history experiments/clm_tiny
  bench-compare --export tensorboard --out logs results.h5
)";

}  // namespace bench::trials
