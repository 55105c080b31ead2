"""Headless Chromium over its own debugging pipe: no port, no driver, no client library."""

import base64
import json
import os
import select
import shutil
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome")
OPTIONS = (
    "--headless=new", "--remote-debugging-pipe", "--no-first-run", "--no-default-browser-check", "--disable-gpu",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-default-apps",
    "--disable-dev-shm-usage", "--hide-scrollbars", "--force-color-profile=srgb", "--mute-audio", "--lang=en-GB",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
)


def find():
    """The path of a Chromium of this machine, or None."""
    return next((path for path in map(shutil.which, NAMES) if path), None)


class ProtocolError(Exception):
    """What Chromium answered instead of a result."""


class Chromium:
    """One browser process with a profile of its own; `with` ends it."""

    def __init__(self, program, folder):
        self.program, self.folder = program, Path(folder)
        self.last, self.buffer, self.events, self.answers = 0, b"", [], {}

    def __enter__(self):
        to_child, from_us = os.pipe()
        to_us, from_child = os.pipe()
        self.write_end, self.read_end = from_us, to_us

        def wire():  # the protocol's descriptors are 3 and 4; each may be where the other has to go
            read, write = os.dup(to_child), os.dup(from_child)
            os.dup2(read, 3)
            os.dup2(write, 4)

        unprivileged = () if os.geteuid() else ("--no-sandbox",)  # Chromium has no sandbox for root
        with (self.folder / "chromium.log").open("ab") as log:
            self.process = subprocess.Popen(
                [self.program, *OPTIONS, *unprivileged, f"--user-data-dir={self.folder / 'chromium'}", "about:blank"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, preexec_fn=wire, pass_fds=(3, 4),
                start_new_session=True)
        os.close(to_child)
        os.close(from_child)
        return self

    def __exit__(self, *_):
        try:
            self.call("Browser.close")
        except (OSError, ProtocolError):
            pass
        os.close(self.write_end)
        try:
            self.process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        os.close(self.read_end)

    def send(self, method, session=None, **parameters):
        """Asks for `method`; the number its answer will have."""
        self.last += 1
        message = {"id": self.last, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self.write_end, data):]
        return self.last

    def call(self, method, session=None, **parameters):
        """The result of `method`; events that come meanwhile are kept."""
        number = self.send(method, session, **parameters)
        while number not in self.answers:
            self.sort(self.receive(60))
        return self.result(number, method)

    def result(self, number, method):
        answer = self.answers.pop(number)
        if "error" in answer:
            raise ProtocolError(f"{method}: {answer['error']['message']}")
        return answer["result"]

    def sort(self, message):
        if "id" in message:
            self.answers[message["id"]] = message
        else:
            self.events.append(message)

    def receive(self, seconds):
        """The next message; OSError when none comes in time or Chromium is gone."""
        deadline = time.monotonic() + seconds
        while b"\0" not in self.buffer:
            ready, _, _ = select.select([self.read_end], [], [], max(0, deadline - time.monotonic()))
            if not ready:
                raise TimeoutError(f"Chromium said nothing for {seconds} s")
            data = os.read(self.read_end, 1 << 20)
            if not data:
                raise ConnectionError("Chromium is gone")
            self.buffer += data
        message, _, self.buffer = self.buffer.partition(b"\0")
        return json.loads(message)

    def next_event(self, seconds):
        """The next event, or None when a message came that is none, or nothing in time."""
        if not self.events:
            try:
                self.sort(self.receive(seconds))
            except TimeoutError:
                return None
        return self.events.pop(0) if self.events else None

    @contextmanager
    def tab(self, **options):
        """A tab in a context of its own: no cache and no cookie of another."""
        context = self.call("Target.createBrowserContext")["browserContextId"]
        target = self.call("Target.createTarget", url="about:blank", browserContextId=context)["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        tab = Tab(self, session, **options)
        tab.begin()
        try:
            yield tab
        finally:
            self.call("Target.closeTarget", targetId=target)
            self.call("Target.disposeBrowserContext", browserContextId=context)
            self.events.clear()


@dataclass
class Tab:
    """A page on a screen of a size, light or dark, with or without scripts, and all it said and asked for."""

    browser: Chromium
    session: str
    width: int = 1280
    height: int = 900
    dark: bool = False
    scripts: bool = True
    answers: dict = field(default_factory=dict)  # a path of the site -> what to answer instead, from the body given
    complaints: list = field(default_factory=list)
    requests: list = field(default_factory=list)
    loaded: bool = False

    def call(self, method, **parameters):
        return self.browser.call(method, self.session, **parameters)

    def begin(self):
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")
        self.screen(self.width, self.height)
        self.media(dark=self.dark)
        if not self.scripts:
            self.call("Emulation.setScriptExecutionDisabled", value=True)
        if self.answers:
            self.call("Fetch.enable", patterns=[
                {"urlPattern": f"*{path}", "requestStage": "Response"} for path in self.answers])

    def screen(self, width, height=None):
        self.width, self.height = width, height or self.height
        self.call(
            "Emulation.setDeviceMetricsOverride", width=self.width, height=self.height, deviceScaleFactor=1,
            mobile=self.width < 600)

    def media(self, *, dark=False, kind="", reduced=True):
        self.call("Emulation.setEmulatedMedia", media=kind, features=[
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"},
            {"name": "prefers-reduced-motion", "value": "reduce" if reduced else "no-preference"}])

    def open(self, url):
        self.loaded = False
        # Its answer may wait for one that we give, where the page itself is to be changed on its way.
        number = self.browser.send("Page.navigate", self.session, url=url)
        self.until(lambda: number in self.browser.answers, f"an answer from {url}")
        result = self.browser.result(number, "Page.navigate")
        assert "errorText" not in result, f"{url}: {result['errorText']}"
        self.until(lambda: self.loaded, f"{url} to load")
        return self

    def until(self, holds, what, seconds=60):
        """Goes on with events until `holds`; there is nothing to poll for but what events bring."""
        deadline = time.monotonic() + seconds
        while not holds():
            left = deadline - time.monotonic()
            assert left > 0, f"waited {seconds} s for {what}"
            self.hear(self.browser.next_event(min(left, 0.2)))

    def hear(self, event):
        if event is None or event.get("sessionId") != self.session:
            return
        about, method = event["params"], event["method"]
        if method == "Page.loadEventFired":
            self.loaded = True
        elif method == "Network.requestWillBeSent":
            self.requests.append(about["request"]["url"])
        elif method == "Runtime.exceptionThrown":
            self.complaints.append(about["exceptionDetails"].get("text", "exception"))
        elif method == "Runtime.consoleAPICalled" and about["type"] in ("error", "warning", "assert"):
            self.complaints.append(" ".join(str(value.get("value", "")) for value in about["args"]))
        elif method == "Log.entryAdded" and about["entry"]["level"] in ("error", "warning"):
            self.complaints.append(f"{about['entry']['text']} {about['entry'].get('url', '')}")
        elif method == "Fetch.requestPaused":
            self.answer(about)

    def answer(self, paused):
        """Lets a request of the page through with what the check wants the body to be."""
        request = paused["requestId"]
        path = next(path for path in self.answers if paused["request"]["url"].endswith(path))
        got = self.call("Fetch.getResponseBody", requestId=request)
        body = base64.b64decode(got["body"]) if got["base64Encoded"] else got["body"].encode()
        status, body = self.answers[path](paused.get("responseStatusCode", 200), body)
        headers = [header for header in paused.get("responseHeaders", [])
                   if header["name"].lower() not in ("content-length", "etag")]
        self.call("Fetch.fulfillRequest", requestId=request, responseCode=status, responseHeaders=headers,
                  body=base64.b64encode(body).decode())

    def run(self, expression):
        """What `expression` gives, promises awaited, as plain data."""
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            details = result["exceptionDetails"]
            raise ProtocolError(details.get("exception", {}).get("description", details["text"]))
        return result["result"].get("value")

    def press(self, key):
        code, text = {"Tab": (9, {}), "Enter": (13, {"text": "\r"})}[key]
        self.call("Input.dispatchKeyEvent", type="keyDown", key=key, code=key, windowsVirtualKeyCode=code, **text)
        self.call("Input.dispatchKeyEvent", type="keyUp", key=key, code=key, windowsVirtualKeyCode=code)

    def screenshot(self, file, whole=True):
        clip = {}
        if whole:
            size = self.call("Page.getLayoutMetrics")["cssContentSize"]
            clip = {"captureBeyondViewport": True,
                    "clip": {"x": 0, "y": 0, "width": self.width, "height": min(size["height"], 16_000), "scale": 1}}
        file.write_bytes(base64.b64decode(self.call("Page.captureScreenshot", format="png", **clip)["data"]))

    def pdf(self):
        return base64.b64decode(self.call(
            "Page.printToPDF", printBackground=False, preferCSSPageSize=True, paperWidth=8.27, paperHeight=11.69)["data"])
