"""Writes edge_cases.safetensors: what the Python library `safetensors` makes of scalars and empty tensors.

usage: make_safetensors_edge_cases.py; needs safetensors and numpy (any version that writes the format).
"""

import pathlib

import numpy as np
from safetensors.numpy import save_file

save_file(
    {
        "matrix": np.arange(6, dtype=np.float32).reshape(2, 3),
        "scalar": np.array(1.5, dtype=np.float64),
        "zero_rows": np.empty((0, 4), dtype=np.int64),
        "zero_in_the_middle": np.empty((2, 0, 3), dtype=np.float16),
        "bytes": np.frombuffer(b"odd size", dtype=np.uint8)[:5],
        "名字": np.array([True, False, True]),
    },
    pathlib.Path(__file__).parent / "golden" / "edge_cases.safetensors",
    metadata={"format": "np", "note": "繁體"},
)
