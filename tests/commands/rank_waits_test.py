"""Ranks that wait for what never comes: they end at their timeout and at a stop signal, with one line or none.

usage: rank_waits_test.py SOURCE_FOLDER BUILD_FOLDER [unittest arguments]; needs h5py. What needs a network of its
own is skipped where none can be made.
"""

import pathlib
import re
import signal
import socket
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from command_case import BIN  # noqa: E402
from rank_case import ERROR, RanksCase, free_port  # noqa: E402
from rank_processes import wait_for  # noqa: E402

SHORT = ("--rank-timeout", 2)
LONG = ("--rank-timeout", 100000)


def listens(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def unanswered(port):
    """How many have asked for a connection there, without an answer."""
    asked = re.compile(rf"(?m)^ *\d+: \S+ \w*0100007F:{port:04X} 02 ")
    return sum(len(asked.findall(pathlib.Path("/proc/net", table).read_text()))
               for table in ("tcp", "tcp6"))  # also as ::ffff:127.0.0.1


class Waits(RanksCase):
    def silent_server(self):
        """Takes connections and never says a word."""
        server = socket.socket()
        self.addCleanup(server.close)
        server.bind(("127.0.0.1", 0))
        server.listen()
        return server

    def swallowing_server(self):
        """Answers no packet that asks for a connection, as a network without a way: its queue is full."""
        server = socket.socket()
        self.addCleanup(server.close)
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        for _ in range(4):
            client = socket.socket()
            self.addCleanup(client.close)
            client.setblocking(False)
            client.connect_ex(server.getsockname())
        with socket.socket() as probe:
            probe.settimeout(0.5)
            self.assertRaises(TimeoutError, probe.connect, server.getsockname())
        return server

    def assert_one_line(self, process, *fragments):
        done = self.ended(process)
        self.assertEqual(done.returncode, 5, done.stderr)
        self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
        self.assert_one_error([done.stderr], *fragments)

    def assert_stopped(self, process):
        process.send_signal(signal.SIGTERM)
        done = self.ended(process)  # of a limit that is a minute; it would wait for a day
        self.assertEqual((done.returncode, ERROR.findall(done.stderr)), (143, []), done.stderr)
        self.assertFalse(self.out.exists())

    def test_program_that_never_answers_at_the_masters_port_is_5_at_the_timeout(self):
        port = self.silent_server().getsockname()[1]
        self.assert_one_line(self.start_rank(1, *SHORT, port=port),
                             f"cannot reach the ranks' store at 127.0.0.1:{port} within 2 s")

    def test_master_that_no_packet_reaches_is_5_at_the_timeout(self):
        port = self.swallowing_server().getsockname()[1]
        self.assert_one_line(self.start_rank(1, *SHORT, port=port),
                             f"cannot reach the ranks' store at 127.0.0.1:{port} within 2 s")

    def test_stopped_while_no_packet_reaches_the_master_it_ends(self):
        port = self.swallowing_server().getsockname()[1]
        before = unanswered(port)
        process = self.start_rank(1, *LONG, port=port)
        self.assertTrue(wait_for(lambda: unanswered(port) > before, process))
        self.assert_stopped(process)

    def test_stopped_while_the_masters_port_does_not_answer_it_ends(self):
        server = self.silent_server()
        process = self.start_rank(1, *LONG, port=server.getsockname()[1])
        connection, _ = server.accept()  # it waits for an answer now
        with connection:
            self.assert_stopped(process)

    def test_stopped_while_nobody_is_at_the_masters_port_it_ends(self):
        port = free_port()
        process = self.start_rank(1, *LONG, port=port)
        # A thread of its own tries again and again.
        self.assertTrue(wait_for(
            lambda: len(list(pathlib.Path(f"/proc/{process.pid}/task").iterdir())) > 1, process))
        self.assert_stopped(process)

    def test_stopped_while_rank_0_waits_for_the_others_it_ends(self):
        port = free_port()
        process = self.start_rank(0, *LONG, port=port)
        while process.poll() is None and not listens(port):
            pass
        self.assert_stopped(process)


class Networks(RanksCase):
    def start_in_a_network(self, setup, *arguments, **extra):
        apart = ["unshare", "-n", "sh", "-c", f'{setup} && exec "$@"', "sh"]
        if subprocess.run([*apart, "true"], check=False, capture_output=True).returncode != 0:
            self.skipTest(f"no network of its own can be made here ({setup})")
        return subprocess.Popen(
            [*apart, BIN / "bench-run", self.definition, "--out", self.out, *map(str, arguments)],
            cwd=self.place.folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env=self.place.environment(**extra))

    assert_one_line = Waits.assert_one_line

    def test_launcher_without_a_loopback_interface_says_so(self):
        self.assert_one_line(self.start_in_a_network("true", "--nproc", 2, "--rank-timeout", 100000),
                             "127.0.0.1", "loopback interface")

    def test_rank_without_a_loopback_interface_is_5_at_the_timeout(self):
        # Each in a network of its own, and both at once.
        processes = [self.start_in_a_network("true", *SHORT, RANK=rank, WORLD_SIZE="2", MASTER_ADDR="127.0.0.1",
                                             MASTER_PORT="29400") for rank in ("0", "1")]
        for process in processes:
            self.assert_one_line(process, "the ranks' store at 127.0.0.1:29400 within 2 s")


if __name__ == "__main__":
    unittest.main()
