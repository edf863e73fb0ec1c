#!/usr/bin/env python3
"""Makes golden/*.png with Pillow, and golden/pixels.json: what Pillow reads of each as RGB and as
grey, with transparent pixels before black.

usage: make_png_golden.py; needs Pillow (made with 13.0).
"""

import json
import pathlib
import random
import struct

from PIL import Image, PngImagePlugin

GOLDEN = pathlib.Path(__file__).parent / "golden"
WIDTH, HEIGHT = 7, 5  # no multiple of eight: lines of less than eight bits a pixel end within a byte


def values(count, largest=255):
    draw = random.Random(7)
    return [draw.randint(0, largest) for _ in range(count)]


def images():
    pixels = WIDTH * HEIGHT
    grey = Image.frombytes("L", (WIDTH, HEIGHT), bytes(values(pixels)))
    rgb = Image.frombytes("RGB", (WIDTH, HEIGHT), bytes(values(3 * pixels)))
    yield "grey", grey, {}
    yield "rgb", rgb, {}
    yield "rgba", Image.frombytes("RGBA", (WIDTH, HEIGHT), bytes(values(4 * pixels))), {}
    yield "grey_alpha", Image.frombytes("LA", (WIDTH, HEIGHT), bytes(values(2 * pixels))), {}
    yield "bilevel", grey.point(lambda value: 255 * (value > 127)).convert("1"), {}
    yield "palette", rgb.quantize(11), {}
    yield "palette_4bit", rgb.quantize(5), {"bits": 4}
    yield "palette_transparent", rgb.quantize(6), {"transparency": bytes([0, 60, 255, 200])}
    sixteen = Image.new("I;16", (WIDTH, HEIGHT))
    sixteen.putdata(values(pixels, 65535))
    yield "grey_16bit", sixteen, {}
    # Values that are proportional to light, which Pillow reads as they are.
    linear = PngImagePlugin.PngInfo()
    linear.add(b"gAMA", struct.pack(">I", 100000))
    yield "rgb_gamma", rgb, {"pnginfo": linear}
    yield "grey_16bit_gamma", sixteen, {"pnginfo": linear}


def pixels_of(image):
    return [image.getpixel((x, y)) for y in range(image.height) for x in range(image.width)]


def before_black(image):
    """[R, G, B] of every pixel."""
    if image.mode == "I;16":
        return [[(2 * value * 255 + 65535) // (2 * 65535)] * 3 for value in pixels_of(image)]
    return [[(channel * alpha + 127) // 255 for channel in (red, green, blue)]
            for red, green, blue, alpha in pixels_of(image.convert("RGBA"))]


def luma(pixel):
    """Pillow's own, by Pillow."""
    return Image.new("RGB", (1, 1), tuple(pixel)).convert("L").getpixel((0, 0))


def main():
    GOLDEN.mkdir(exist_ok=True)
    expected = {}
    for name, image, options in images():
        path = GOLDEN / f"{name}.png"
        image.save(path, optimize=False, **options)
        with Image.open(path) as read:
            read.load()
            rgb = before_black(read)
        expected[name] = {"rgb": [value for pixel in rgb for value in pixel],
                          "grey": [luma(pixel) for pixel in rgb]}
    (GOLDEN / "pixels.json").write_text(
        json.dumps({"width": WIDTH, "height": HEIGHT, "files": expected}, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
