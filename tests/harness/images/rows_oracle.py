"""The rows that harness/images makes, a second time from what image_rows.h, image.h and
nearest_image.h say; the random streams are those of tests/harness/generated/streams.py."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "generated"))
import streams  # noqa: E402

PAD, BEGIN, END, FIRST_SYMBOL = 3, 1, 2, 4


def shifted(image, right, down):
    """A grey image as a list of lines."""
    height, width = len(image), len(image[0])

    def at(y, x):
        return image[y - down][x - right] if 0 <= y - down < height and 0 <= x - right < width else 0

    return [[at(y, x) for x in range(width)] for y in range(height)]


def patches(image, width, height):
    return [[image[y][x] for y in range(top, top + height) for x in range(left, left + width)]
            for top in range(0, len(image), height) for left in range(0, len(image[0]), width)]


def distance(a, b):
    return sum((x - y) ** 2 for line, other in zip(a, b) for x, y in zip(line, other))


class Rows:
    """`images`: (lines of pixels, text) in their order. `spec`: the fields of [images]."""

    def __init__(self, spec, base_seed, images):
        self.spec, self.images = spec, images
        self.streams = streams.Streams(base_seed, spec.get("held_out_fraction", 0.1))
        self.parts = {"train": [], "validation": []}
        for index, (image, _) in enumerate(images):
            self.parts["validation" if self.is_held_out(index, image) else "train"].append(index)
        characters = sorted({character for _, text in images for character in text})
        self.symbols = characters
        self.ids = {character: FIRST_SYMBOL + i for i, character in enumerate(characters)}

    def is_held_out(self, index, image):
        if self.spec.get("training_images", 0):
            return index >= self.spec["training_images"]
        # The key is bytes: the text of the sizes, then the pixel values.
        key = f"{len(image[0])}x{len(image)}x1/".encode() + bytes(v for line in image for v in line)
        text = f"bench-seed\n{self.streams.base_seed}\nrows\n0\nkey/".encode() + key + b"\n"
        seed = int.from_bytes(streams.hashlib.sha256(text).digest()[:8], "little")
        return (seed >> 11) / 2.0**53 < self.streams.held_out_fraction

    def count(self, part):
        return self.spec.get(f"{part}_rows", 0) or len(self.parts[part])

    def row(self, part, index):
        """Its image numbers, tokens, number of answer tokens and vectors."""
        stream = self.streams.stream(f"images/{part}/{index}")
        own, most = self.parts[part], self.spec.get("max_shift", 0)
        chosen, placed = [], []
        for _ in range(self.spec.get("images_per_row", 1)):
            drawn = self.spec.get(f"{part}_rows", 0) > 0
            chosen.append(own[stream.below(len(own))] if drawn else own[index])
            image = self.images[chosen[-1]][0]
            if part == "train" and most > 0:
                right = stream.below(2 * most + 1) - most
                down = stream.below(2 * most + 1) - most
                image = shifted(image, right, down)
            placed.append(image)
        strip = [sum((image[y] for image in placed), []) for y in range(len(placed[0]))]
        vectors = patches(strip, self.spec["patch_width"], self.spec["patch_height"])
        text = "".join(self.images[number][1] for number in chosen)
        answer = [self.ids[character] for character in text] + [END]
        return {"images": chosen, "tokens": [PAD] * len(vectors) + [BEGIN] + answer,
                "answer": len(answer), "vectors": vectors}

    def nearest_texts(self, max_shift=0):
        """Of the held-out images, in their order, with copies of the training images moved by up to
        max_shift."""
        moves = range(-max_shift, max_shift + 1)
        known = [(number, shifted(self.images[number][0], right, down))
                 for number in self.parts["train"] for right in moves for down in moves]
        texts = []
        for asked in self.parts["validation"]:
            _, best = min((distance(self.images[asked][0], image), number) for number, image in known)
            texts.append(self.images[best][1])
        return texts
