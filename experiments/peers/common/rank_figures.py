"""What the harness records of each rank (harness/training/rank_figures.h), measured of a rank of PyTorch in the same way.

Of all ranks the value that is furthest from 1 is reported, as the harness's summary has it.
"""
import ctypes
import os
import socket
import stat
import struct

STEPS_COUNTED = 8  # steps send the same again and again
TCP_INFO_SIZE = 216  # up to tcpi_bytes_retrans


class Heap(ctypes.Structure):
    """struct mallinfo2 of glibc."""
    _fields_ = [(name, ctypes.c_size_t) for name in ("arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks",
                                                     "fsmblks", "uordblks", "fordblks", "keepcost")]


def heap_bytes() -> int:
    """Blocks of the C library's heap that are held now, large mapped ones included."""
    mallinfo2 = ctypes.CDLL(None).mallinfo2
    mallinfo2.restype = Heap
    heap = mallinfo2()
    return heap.uordblks + heap.hblkhd


def sent_bytes(store_port: int) -> int | None:
    """Payload that the kernel took for this process's TCP connections, each once (harness/measurement/socket_bytes.h).

    Without those to the rendezvous store. None: the kernel does not count (Linux before 4.19, some sandboxes).
    """
    total, seen = 0, set()
    for entry in os.listdir("/proc/self/fd"):
        try:
            status = os.fstat(int(entry))
            if not stat.S_ISSOCK(status.st_mode) or status.st_ino in seen:
                continue
            with socket.socket(fileno=os.dup(int(entry))) as connection:
                if connection.proto != socket.IPPROTO_TCP:
                    continue
                ports = {connection.getsockname()[1], connection.getpeername()[1]}
                info = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, TCP_INFO_SIZE)
        except OSError:  # closed meanwhile, or not connected
            continue
        seen.add(status.st_ino)
        if store_port in ports:
            continue
        if len(info) < TCP_INFO_SIZE or struct.unpack_from("=I", info, 140)[0] == 0:  # no segment came in
            return None
        not_sent, = struct.unpack_from("=I", info, 144)
        sent, sent_again = struct.unpack_from("=QQ", info, 200)
        total += sent - sent_again + not_sent
    return total


class SentBytes:
    """The least that any of the first steps sent: the first ones also set up."""

    def __init__(self, store_port: int):
        self.store_port, self.steps, self.before, self.least = store_port, 0, None, None

    def begin_step(self) -> None:
        self.before = sent_bytes(self.store_port) if self.steps < STEPS_COUNTED else None

    def end_step(self) -> None:
        if self.before is None:
            return
        self.steps += 1
        now = sent_bytes(self.store_port)
        if now is not None:
            in_step = now - self.before
            self.least = in_step if self.least is None else min(self.least, in_step)


def state_bytes(model, gradient_bytes: int, optimizer_states) -> int:
    """Parameters, gradients and optimizer states. `optimizer_states`: of each parameter the tensors by their names."""
    tensors = [tensor for state in optimizer_states for tensor in state.values()]
    return sum(tensor.nbytes for tensor in [*model.parameters(), *tensors]) + gradient_bytes


def zero1_bytes(parameters: int, ranks: int) -> float:
    """What ZeRO's formula gives a rank in fp32: parameters and gradients, and 1/N of two moments."""
    return parameters * (4 + 4 + 8 / ranks)


def furthest_from_one(value: float | None) -> float | None:
    """Of the values of all ranks; None where none has one. All ranks call it."""
    import torch
    import torch.distributed as dist
    own = torch.tensor([float("nan") if value is None else value], dtype=torch.float64)
    all_values = [torch.empty_like(own) for _ in range(dist.get_world_size())]
    dist.all_gather(all_values, own)
    known = [one.item() for one in all_values if not one.isnan()]
    return max(known, key=lambda one: abs(one - 1), default=None)
