#!/usr/bin/env python3
"""Checks HTML pages of bench-compare and bench-run in a real browser, on a phone's and a desk's width, light and dark.

    scripts/check_pages.py --axe AXE_MIN_JS [--browser chromium] [--screenshots FOLDER] PAGE.html...

Fails on: anything in the browser's console, a request for anything but the page, a body wider than its window, a
violation that the accessibility checker axe-core finds, text in a chart of less than 4.5:1 contrast or of less than
9 pixels (the checker does not look at charts), and what can be opened that the keyboard does not reach, show as
focused and open. AXE_MIN_JS is the checker, from the wheel that setup/requirements-pages.txt pins. Needs Python 3.11 and
Chromium, nothing else: the browser is driven over its own debugging pipe.
"""
import argparse
import base64
import json
import os
import pathlib
import select
import subprocess
import sys
import tempfile
import time

WIDTHS = (360, 1280)
SCHEMES = ("light", "dark")
TIMEOUT_S = 120

# Of every text in a chart: its size on the screen, and its contrast with the page.
CHART_TEXTS = """(() => {
  const light = c => { const [r, g, b] = c.match(/[\\d.]+/g).slice(0, 3).map(v => v / 255)
      .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const back = light(getComputedStyle(document.body).backgroundColor);
  const found = new Set();
  for (const text of document.querySelectorAll('svg text')) {
    const box = text.closest('svg').getBoundingClientRect();
    if (box.width === 0) continue;
    const front = light(getComputedStyle(text).fill);
    const contrast = (Math.max(front, back) + 0.05) / (Math.min(front, back) + 0.05);
    const size = parseFloat(getComputedStyle(text).fontSize) * box.width / text.closest('svg').viewBox.baseVal.width;
    if (contrast < 4.5) found.add(`contrast of a chart's text: ${contrast.toFixed(2)}`);
    if (size < 9) found.add(`a chart's text of ${size.toFixed(1)} pixels`);
    const inner = text.getBoundingClientRect();
    if (inner.left < box.left - 1 || inner.right > box.right + 1) found.add(`a chart's text is cut: ${text.textContent}`);
  }
  return [...found];
})()"""
FOCUSED = """(() => { const e = document.activeElement, s = getComputedStyle(e);
  return {tag: e.tagName, outline: s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2,
          open: e.tagName === 'SUMMARY' ? e.parentElement.open : null}; })()"""
WIDEST = """(() => { const limit = document.documentElement.clientWidth, wide = [];
  if (document.documentElement.scrollWidth > limit)
    for (const e of document.body.querySelectorAll('*'))
      if (e.getBoundingClientRect().right > limit + 1) wide.push(e.tagName + ': ' + e.textContent.slice(0, 60));
  return {scroll: document.documentElement.scrollWidth, limit, wide: wide.slice(0, 3)}; })()"""


class Browser:
    """Chromium over --remote-debugging-pipe: JSON messages that end with a NUL byte."""

    def __init__(self, program, profile):
        to_browser, self.to = os.pipe()
        self.come, from_browser = os.pipe()

        def connect():  # the browser reads from 3 and writes to 4
            reader, writer = os.dup(to_browser), os.dup(from_browser)
            os.dup2(reader, 3)
            os.dup2(writer, 4)

        self.process = subprocess.Popen(
            [program, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
             "--disable-dev-shm-usage", "--no-first-run", f"--user-data-dir={profile}", "--remote-debugging-pipe",
             "about:blank"], preexec_fn=connect, close_fds=False, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_browser)
        os.close(from_browser)
        self.number = 0
        self.pending = b""
        self.events = []
        self.session = None
        try:
            self.attach()
        except BaseException:
            self.close()
            raise

    def attach(self):
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def close(self):
        self.process.terminate()
        try:
            self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def receive(self, seconds):
        """The next message, or None."""
        end = time.monotonic() + seconds
        while b"\0" not in self.pending:
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.come], [], [], left)[0]:
                return None
            piece = os.read(self.come, 1 << 16)
            if not piece:
                raise RuntimeError("the browser ended")
            self.pending += piece
        message, self.pending = self.pending.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        write_all(self.to, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.receive(TIMEOUT_S)
            if answer is None:
                raise RuntimeError(f"{method}: no answer in {TIMEOUT_S} s")
            if answer.get("id") != self.number:
                self.events.append(answer)
            elif "error" in answer:
                raise RuntimeError(f"{method}: {answer['error']['message']}")
            else:
                return answer["result"]

    def evaluate(self, expression):
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            raise RuntimeError(result["exceptionDetails"].get("exception", {}).get("description", "an exception"))
        return result["result"].get("value")

    def open(self, url, width, scheme):
        self.events.clear()
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.call("Page.navigate", url=url)
        end = time.monotonic() + TIMEOUT_S
        while not any(event.get("method") == "Page.loadEventFired" for event in self.events):
            event = self.receive(max(0.0, end - time.monotonic()))
            if event is None:
                raise RuntimeError(f"{url}: not loaded in {TIMEOUT_S} s")
            self.events.append(event)

    def complaints(self, url):
        """What the console says, and what was asked for beside the page."""
        for event in self.events:
            parameters = event.get("params", {})
            if event.get("method") == "Log.entryAdded":
                yield f"console: {parameters['entry']['text']}"
            elif event.get("method") == "Runtime.consoleAPICalled":
                yield f"console: {parameters['args']}"
            elif event.get("method") == "Runtime.exceptionThrown":
                yield f"exception: {parameters['exceptionDetails']['text']}"
            elif event.get("method") == "Network.requestWillBeSent":
                if parameters["request"]["url"].split("#")[0] != url:
                    yield f"it loads {parameters['request']['url']}"

    def screenshot(self, path):
        shown = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=True)
        path.write_bytes(base64.b64decode(shown["data"]))

    def press(self, key, code, text=""):
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code,
                      text=text if kind == "keyDown" else "")


def write_all(descriptor, data):
    while data:
        data = data[os.write(descriptor, data):]


def check_accessibility(browser, axe):
    browser.evaluate(axe + "; null")
    found = browser.evaluate(
        "axe.run(document, {resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', "
        "'wcag22aa', 'best-practice']}).then(r => r.violations.map(v => "
        "`${v.id} (${v.nodes.length}): ${v.help}: ${v.nodes[0].html.slice(0, 160)}`))")
    yield from (f"axe: {text}" for text in found)


def check_keyboard(browser):
    stops = browser.evaluate("document.querySelectorAll('a[href], summary').length")
    browser.evaluate("document.querySelectorAll('details').forEach(d => d.open = false); window.scrollTo(0, 0)")
    shown = browser.evaluate("[...document.querySelectorAll('a[href], summary')].filter(e => e.checkVisibility()).length")
    opened = 0
    for number in range(shown):
        browser.press("Tab", 9)
        focused = browser.evaluate(FOCUSED)
        if focused["tag"] not in ("A", "SUMMARY"):
            yield f"keyboard: stop {number + 1} of {shown} is {focused['tag']}"
            return
        if not focused["outline"]:
            yield f"keyboard: {focused['tag']} does not show that it has the focus"
        if focused["tag"] == "SUMMARY" and opened == 0:
            browser.press("Enter", 13, "\r")
            opened = 1
            if not browser.evaluate(FOCUSED)["open"]:
                yield "keyboard: Enter does not open a summary"
            browser.press("Enter", 13, "\r")
    if stops == 0:
        yield "keyboard: nothing to reach"


def check_page(browser, page, axe, screenshots):
    url = page.resolve().as_uri()
    for width in WIDTHS:
        for scheme in SCHEMES:
            where = f"{page.name}, {width} px, {scheme}"
            browser.open(url, width, scheme)
            if screenshots:
                browser.screenshot(screenshots / f"{page.stem}-{width}-{scheme}.png")
            found = list(check_keyboard(browser))
            browser.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
            size = browser.evaluate(WIDEST)
            if screenshots:
                browser.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
                browser.screenshot(screenshots / f"{page.stem}-{width}-{scheme}-open.png")
            if size["scroll"] > size["limit"]:
                found.append(f"{size['scroll']} pixels wide: {size['wide']}")
            found += browser.evaluate(CHART_TEXTS)
            found += check_accessibility(browser, axe)
            found += browser.complaints(url)
            yield from (f"{where}: {text}" for text in found)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--axe", required=True, type=pathlib.Path, help="axe.min.js")
    parser.add_argument("--browser", default="chromium")
    parser.add_argument("--screenshots", type=pathlib.Path, help="folder for pictures of what was checked")
    parser.add_argument("pages", nargs="+", type=pathlib.Path)
    arguments = parser.parse_args()
    if arguments.screenshots:
        arguments.screenshots.mkdir(parents=True, exist_ok=True)
    axe = arguments.axe.read_text(encoding="utf-8")
    found = []
    with tempfile.TemporaryDirectory() as profile:
        browser = Browser(arguments.browser, profile)
        try:
            for page in arguments.pages:
                of_page = list(check_page(browser, page, axe, arguments.screenshots))
                print(f"{page}: {len(of_page) or 'no'} complaints")
                found += of_page
        finally:
            browser.close()
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
