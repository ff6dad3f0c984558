"""A real browser, spoken to over the WebDriver protocol: just what the acceptance tests need, nothing downloaded."""

from __future__ import annotations

import base64
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

import httpx2

_ARGUMENTS = [
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--font-render-hinting=none",
]  # fmt: skip
Json: TypeAlias = Any  # what a page's script returns is known to the test that wrote the script
_ELEMENT = "element-6066-11e4-a52e-4f735466cecf"


def missing() -> str:
    """Name what this machine lacks for a browser; empty when it has all."""
    lacking = [name for name in ("chromium", "chromedriver") if shutil.which(name) is None]
    return f"no {' and no '.join(lacking)} on this machine (Debian: chromium, chromium-driver)" if lacking else ""


class Browser:
    """One window."""

    def __init__(self, client: httpx2.Client, session: str) -> None:
        self._client = client
        self._session = session

    def size(self, width: int, height: int) -> None:
        """Make the page this wide and high, narrower than a window could be."""
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        self._devtools("Emulation.setDeviceMetricsOverride", metrics)

    def media(self, kind: str, **features: str) -> None:
        """Draw for `print` or `screen`, with media features such as forced-colors."""
        named = [{"name": name.replace("_", "-"), "value": value} for name, value in features.items()]
        self._devtools("Emulation.setEmulatedMedia", {"media": kind, "features": named})

    def open(self, address: str) -> None:
        """Go to an address."""
        self._post("url", {"url": address})

    def click(self, css: str) -> None:
        """Click the first element that a selector finds."""
        found = self._post("element", {"using": "css selector", "value": css})
        self._post(f"element/{found[_ELEMENT]}/click", {})

    def follow(self, css: str) -> None:
        """Click what leads to another page, and wait until that page is there and complete."""
        self.run("window.leaving = true")
        self.click(css)
        for _ in range(200):
            if self.run("return !window.leaving && document.readyState === 'complete'"):
                return
            time.sleep(0.05)
        raise RuntimeError(f"no other page came within ten seconds of clicking {css}")

    def run(self, script: str, *arguments: object) -> Json:
        """Run a script in the page and give what it returns."""
        return self._post("execute/sync", {"script": script, "args": list(arguments)})

    def run_later(self, script: str) -> Json:
        """Run a script that calls its last argument when it is done."""
        return self._post("execute/async", {"script": script, "args": []})

    def text(self) -> str:
        """Give what the page shows."""
        return str(self.run("return document.body.innerText"))

    def complaints(self) -> list[str]:
        """Give what the console has complained of since the last call: policy violations, failed loads, errors."""
        return [line["message"] for line in self._post("se/log", {"type": "browser"}) if line["level"] != "INFO"]

    def picture(self, path: Path) -> None:
        """Save what the window shows as a PNG."""
        shot = self._devtools("Page.captureScreenshot", {"format": "png"})
        path.write_bytes(base64.b64decode(shot["data"]))

    def _devtools(self, command: str, parameters: dict[str, Json]) -> Json:
        return self._post("goog/cdp/execute", {"cmd": command, "params": parameters})

    def _post(self, path: str, body: dict[str, Json]) -> Json:
        answer = self._client.post(f"/session/{self._session}/{path}", json=body).json()["value"]
        if isinstance(answer, dict) and "error" in answer:
            raise RuntimeError(f"{answer['error']}: {answer['message'][:300]}")
        return answer


@contextmanager
def browser(profile: Path) -> Iterator[Browser]:
    """Start a browser with an empty profile, and stop it afterwards."""
    with _driver() as address, httpx2.Client(base_url=address, timeout=60) as client:
        options = {"args": [*_ARGUMENTS, f"--user-data-dir={profile}"], "binary": shutil.which("chromium")}
        wanted = {"browserName": "chrome", "goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}
        made = client.post("/session", json={"capabilities": {"alwaysMatch": wanted}}).json()["value"]
        session = made["sessionId"]
        try:
            yield Browser(client, session)
        finally:
            client.delete(f"/session/{session}")


@contextmanager
def _driver() -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    program = shutil.which("chromedriver") or "chromedriver"
    with subprocess.Popen([program, f"--port={port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            _wait(port)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def _wait(port: int) -> None:
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError("chromedriver did not start within ten seconds")
