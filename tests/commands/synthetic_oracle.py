"""A second implementation of what stage "synthetic" draws, from the documented streams of base/random.h and
harness/determinism/seeds.h, for the tests."""
import hashlib
import struct

MASK = 2**32 - 1
FIRST_TOKEN = 4  # behind unk, bos, eos and pad
BOS, EOS = 1, 2


def philox(counter, key):
    for _ in range(10):
        high0, low0 = divmod(0xD2511F53 * counter[0], 2**32)
        high1, low1 = divmod(0xCD9E8D57 * counter[2], 2**32)
        counter = [high1 ^ counter[1] ^ key[0], low1, high0 ^ counter[3] ^ key[1], low0]
        key = [(key[0] + 0x9E3779B9) & MASK, (key[1] + 0xBB67AE85) & MASK]
    return counter


class Stream:
    def __init__(self, base_seed, name, replicate=0):
        text = f"bench-seed\n{base_seed}\nsampling\n{replicate}\n{name}\n"
        self.key = struct.unpack("<Q", hashlib.sha256(text.encode()).digest()[:8])[0]
        self.counter = 0

    def next(self):
        block = philox([self.counter & MASK, self.counter >> 32, 0, 0], [self.key & MASK, self.key >> 32])
        self.counter += 1
        return block[1] << 32 | block[0]

    def below(self, bound):
        limit = (2**64 - 1) // bound * bound
        while True:
            draw = self.next()
            if draw < limit:
                return draw % bound

    def tokens(self, count, vocab_size):
        return [FIRST_TOKEN + self.below(vocab_size - FIRST_TOKEN) for _ in range(count)]


def stream_tokens(base_seed, part, num_rows, row_tokens, vocab_size):
    return Stream(base_seed, part).tokens(num_rows * row_tokens + 1, vocab_size)


def rows(base_seed, part, num_rows, lengths, vocab_size, names):
    """Rows {"prompt": ids, names[0]: ids, ...}; row i has lengths[i % len(lengths)]."""
    stream, out = Stream(base_seed, part), []
    for i in range(num_rows):
        prompt, *responses = lengths[i % len(lengths)]
        row = {"prompt": [BOS] + stream.tokens(prompt - 1, vocab_size)}
        for name, length in zip(names, responses, strict=True):
            row[name] = stream.tokens(length - 1, vocab_size) + [EOS]
        out.append(row)
    return out
