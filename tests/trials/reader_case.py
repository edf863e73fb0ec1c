"""A results file and its exports, for the tests that read them by other programs' readers.

    THE_TEST.py SOURCE BUILD BENCH_COMPARE MAKE_RESULTS
"""
import pathlib
import subprocess
import sys
import tempfile

import h5py


class Case:
    """`file` is the open results file; exports are made in a folder that goes with the object."""

    def __init__(self):
        self.compare, make = sys.argv[3:5]
        self._folder = tempfile.TemporaryDirectory()
        self.folder = pathlib.Path(self._folder.name)
        subprocess.run([make, self.folder, "1"], check=True)
        self.result = self.folder / "0000" / "results.h5"
        self.file = h5py.File(self.result)

    def export(self, form, out):
        """The path of the export in a format."""
        path = self.folder / out
        done = subprocess.run([self.compare, "--export", form, "--out", path, self.result], check=True,
                              capture_output=True, text=True)
        return pathlib.Path(done.stdout.strip()) if done.stdout else path

    def series(self, group):
        """{path: (steps, times, values)}"""
        return {path_of(data): (data.dims[0]["step"][:], data.dims[0]["wall_time_s"][:], data[:])
                for data in self.file[group].values() if not data.is_scale}

    def summary(self):
        return {path_of(data): data[()] for data in self.file["summary"].values()}


def path_of(data):
    return "/".join(filter(None, (data.attrs["metric"], data.attrs["label"])))
