"""The processes of a run of several ranks, as the kernel knows them: found, stopped, killed at a point.

For the tests and the slow proof (scripts/kill_ranks.py) that break such runs.
"""

import os
import pathlib
import signal
import time

LIMIT_S = 60  # within which the other ranks end
# A run of some seconds on two ranks whose every step is followed by a checkpoint.
SHORT_RUN = (
    ("checkpoint_every_steps = 3", "checkpoint_every_steps = 1"),
    ("batch_size = 4\nmicro_batch_size = 2",
     'batch_size = 8\nmicro_batch_size = 2\nsharding = "optimizer_states"'),
    ("every_steps = 4", "every_steps = 10"),
    ("rows_per_task = 8", "rows_per_task = 4"),
    ("generate_rows_per_task = 4", "generate_rows_per_task = 2"),
)


def environment_of(pid):
    try:
        items = pathlib.Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return {}
    pairs = [item.decode(errors="replace").partition("=") for item in items if b"=" in item]
    return {name: value for name, _, value in reversed(pairs)}  # the first of a name counts


def children(pid):
    try:
        return [int(c) for c in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def ranks_of(launcher):
    """{rank: process id} of the ranks that `launcher` (a process id) has started."""
    found = {}
    for pid in children(launcher):
        rank = environment_of(pid).get("RANK")
        if rank is not None:
            found[int(rank)] = pid
    return found


def processes_of(folder):
    """Process ids of programs, zombies left out, whose command line names something in `folder`."""
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                if os.fsencode(folder) in (entry / "cmdline").read_bytes():
                    found.append(int(entry.name))
            except OSError:
                pass
    return found


def wait_for(condition, process, pause_s=0.001):
    """What `condition` returns once that is true; None if `process` ends before. Between two questions the core
    is left to the processes that are waited for."""
    deadline = time.monotonic() + LIMIT_S
    while process.poll() is None and time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(pause_s)
    return None


def all_ranks(process, num_ranks):
    return wait_for(lambda: len(found := ranks_of(process.pid)) == num_ranks and found, process)


def stop(pid):
    """Stops it (SIGSTOP): what is sent from here on waits for SIGCONT. Before that it would overtake: a
    process takes the lowest of several signals first."""
    os.kill(pid, signal.SIGSTOP)
    while state_of(pid) not in "TZX":
        pass


def checkpoint_under_way(out, process, leader, after=0):
    """Waits until rank 0 (`leader`, a process id) writes a checkpoint of a step behind `after` and
    stops it there: the unfinished folder, with rank 0 stopped. None if the run ends before."""
    def caught():
        for folder in out.glob("checkpoints/.making-step-*"):
            if int(folder.name.rpartition("-")[2]) <= after:
                continue
            stop(leader)
            if folder.exists():
                return folder
            os.kill(leader, signal.SIGCONT)
        return None
    return wait_for(caught, process, pause_s=0)  # it is there for less than a millisecond


def state_of(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return "X"


def newest_step(out):
    """Of the checkpoints; 0 without any. Asked a thousand times a second."""
    try:
        names = os.listdir(out / "checkpoints")
    except FileNotFoundError:
        return 0
    return max((int(name.removeprefix("step-")) for name in names if name.startswith("step-")), default=0)
