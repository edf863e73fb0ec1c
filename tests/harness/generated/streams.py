"""The documented random streams of generated rows (base/random.h, harness/determinism/seeds.h,
harness/generated/key_split.h), written a second time from their description alone."""

import hashlib

MASK32 = 2**32 - 1


def philox(counter, key):
    """Philox 4x32-10 of Salmon et al. (SC11): a block of four words."""
    words = list(counter)
    k0, k1 = key
    for _ in range(10):
        p0, p1 = 0xD2511F53 * words[0], 0xCD9E8D57 * words[2]
        words = [(p1 >> 32) ^ words[1] ^ k0, p1 & MASK32, (p0 >> 32) ^ words[3] ^ k1, p0 & MASK32]
        k0, k1 = (k0 + 0x9E3779B9) & MASK32, (k1 + 0xBB67AE85) & MASK32
    return words


class Stream:
    """Draw i is the low 64 bits of the block of counter i."""

    def __init__(self, seed):
        self.key = (seed & MASK32, seed >> 32)
        self.counter = 0

    def next(self):
        low, high, _, _ = philox((self.counter & MASK32, self.counter >> 32, 0, 0), self.key)
        self.counter += 1
        return high << 32 | low

    def below(self, bound):
        limit = (2**64 - 1) // bound * bound
        while (draw := self.next()) >= limit:
            pass
        return draw % bound

    def uniform(self):
        return (self.next() >> 11) / 2.0**53

    def permutation(self, n):
        order = list(range(n))
        for i in reversed(range(1, n)):
            j = self.below(i + 1)
            order[i], order[j] = order[j], order[i]
        return order


class Streams:
    def __init__(self, base_seed, held_out_fraction):
        self.base_seed = base_seed
        self.held_out_fraction = held_out_fraction

    def seed(self, name):
        text = f"bench-seed\n{self.base_seed}\nrows\n0\n{name}\n"
        return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "little")

    def stream(self, name):
        return Stream(self.seed(name))

    def is_held_out(self, key):
        return (self.seed("key/" + key) >> 11) / 2.0**53 < self.held_out_fraction


def rows(grammar, draw, streams, part, count):
    """`draw(part, index, stream, control)` gives a row {"tokens", ..., "key"}: rows of the part,
    drawn until their key belongs to it."""
    for index in range(count):
        name = f"{grammar}/{part}/{index}"
        stream, control = streams.stream(name), streams.stream(f"{name}/control")
        while True:
            row = draw(part, index, stream, control)
            if not row["key"] or streams.is_held_out(row["key"]) == (part == "validation"):
                break
        yield row
