"""A real Firefox, driven over Marionette, the protocol of its built-in WebDriver: JSON over a socket. Needs no other
software.

with Firefox("/usr/bin/firefox-esr", folder) as firefox:
    firefox.goto("http://127.0.0.1:8501/")
    firefox.click("button")
"""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

PREFERENCES = {
    "marionette.port": 0,  # 0: Firefox picks a free port and writes it into its profile
    "remote.prefs.recommended": True,  # no updates, no first-run pages, nothing fetched from outside
    "browser.download.folderList": 2,
    "browser.download.useDownloadDir": True,
    "browser.download.always_ask_before_handling_new_types": False,
    "privacy.resistFingerprinting.autoDeclineNoUserInputCanvasPrompts": False,
    "ui.prefersReducedMotion": 1,
    "dom.ipc.processPrelaunch.enabled": False,  # no process in advance for the next tab
    # one process for all pages, and none for media and the network
    "fission.autostart": False,
    "dom.ipc.processCount": 1,
    "media.rdd-process.enabled": False,
    "network.process.enabled": False,
    "browser.newtabpage.enabled": False,
}
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
ENTER, TAB, BACKSPACE, CONTROL = "\ue007", "\ue004", "\ue003", "\ue009"
PAUSE = 0.05
"""Seconds between two checks of a condition."""


def firefox_path() -> str | None:
    """The system's Firefox if there is one."""
    return next(filter(None, map(shutil.which, ("firefox-esr", "firefox"))), None)


class Firefox:
    """One window. folder: for its profile and its downloads."""

    def __init__(self, path: str, folder: Path):
        self.downloads = folder / "downloads"
        self.downloads.mkdir()
        profile = folder / "profile"
        profile.mkdir()
        preferences = PREFERENCES | {"browser.download.dir": str(self.downloads)}
        lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in preferences.items()]
        (profile / "user.js").write_text("\n".join(lines))
        # --remote-allow-system-access: allows changes of preferences while Firefox runs
        command = [path, "--headless", "--marionette", "--remote-allow-system-access", "--no-remote", "--profile"]
        with (folder / "log.txt").open("wb") as log:
            self._process = subprocess.Popen([*command, str(profile)], stdout=log, stderr=subprocess.STDOUT)
        self._count = 0
        try:
            port = self._wait_for_port(profile / "MarionetteActivePort")
            self._socket = socket.create_connection(("127.0.0.1", port), timeout=120)
            self._stream = self._socket.makefile("rb")
            self._read()  # the first message introduces the server
            self._ask("WebDriver:NewSession", timeouts={"script": 60_000, "pageLoad": 60_000})
        except BaseException:
            self._process.kill()
            raise

    def _wait_for_port(self, file: Path) -> int:
        end = time.monotonic() + 120
        while time.monotonic() < end and self._process.poll() is None:
            if file.exists() and (text := file.read_text().strip()):
                return int(text)
            time.sleep(PAUSE)
        raise RuntimeError(f"Firefox did not start; see {file.parent.parent / 'log.txt'}")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._ask("Marionette:Quit", flags=["eForceQuit"])
            self._process.wait(20)
        finally:
            self._process.kill()
            self._socket.close()

    def goto(self, url: str) -> None:
        """Open a page and wait until it is loaded."""
        self._ask("WebDriver:Navigate", url=url)

    def back(self) -> None:
        """Press the browser's back button."""
        self._ask("WebDriver:Back")

    def evaluate(self, source: str, argument: Any = None) -> Any:
        """Return the value of an expression, or of a function of the argument, in the page. Waits for promises."""
        if ";" in source and "=>" not in source:
            source = f"() => {{ {source} }}"
        script = (
            "const [argument, done] = arguments;"
            f"(async () => {{ const found = ({source}\n);"
            " return typeof found === 'function' ? found(argument) : found; })()"
            ".then((value) => done({value}), (error) => done({error: String(error) + error.stack}))"
        )
        answer = self._ask("WebDriver:ExecuteAsyncScript", script=script, args=[argument])["value"]
        assert "error" not in answer, answer["error"]
        return answer.get("value")

    def wait(self, source: str, argument: Any = None, seconds: float = 20) -> Any:
        """Wait until the value of an expression or function is true, and return it."""
        return self._until(lambda: self.evaluate(source, argument), f"never true: {source}", seconds)

    def prefer(self, name: str, value: bool) -> None:
        """Set a preference for documents that are opened from now on."""
        self._ask("Marionette:SetContext", value="chrome")
        self._ask("WebDriver:ExecuteScript", script="Services.prefs.setBoolPref(...arguments)", args=[name, value])
        self._ask("Marionette:SetContext", value="content")

    def click(self, selector: str) -> None:
        """Click the middle of an element with the mouse."""
        self._ask("WebDriver:ElementClick", id=self._find(selector))

    def type(self, keys: str) -> None:
        """Press keys one after the other, at the element with the focus."""
        strokes = [{"type": kind, "value": key} for key in keys for kind in ("keyDown", "keyUp")]
        self._ask("WebDriver:PerformActions", actions=[{"type": "key", "id": "keys", "actions": strokes}])

    def retype(self, selector: str, text: str) -> None:
        """Focus a field and type over its content."""
        field = self._find(selector)
        self._ask("WebDriver:ElementClick", id=field)
        self.evaluate("() => document.activeElement.select()")
        self.type(text)

    def download(self, act: Callable[[], None]) -> Path:
        """Return the file that an action downloads."""
        before = set(self.downloads.iterdir())
        act()

        def there() -> Path | None:
            new = [path for path in set(self.downloads.iterdir()) - before if path.suffix != ".part"]
            return new[0] if new and new[0].stat().st_size else None

        return self._until(there, "nothing was downloaded", 30)

    def _find(self, selector: str) -> str:
        self.wait("(selector) => document.querySelector(selector) !== null", selector)
        return self._ask("WebDriver:FindElement", using="css selector", value=selector)["value"][ELEMENT]

    def _until(self, look: Callable[[], Any], otherwise: str, seconds: float) -> Any:
        end = time.monotonic() + seconds
        while not (found := look()):
            assert time.monotonic() < end, otherwise
            time.sleep(PAUSE)
        return found

    def _ask(self, command: str, **parameters: Any) -> Any:
        self._count += 1
        message = json.dumps([0, self._count, command, parameters])
        self._socket.sendall(f"{len(message.encode())}:{message}".encode())
        _, number, error, result = self._read()
        assert number == self._count
        if error:
            raise RuntimeError(f"{command}: {error['error']}: {error['message']}")
        return result

    def _read(self) -> Any:
        length = b""
        while (byte := self._stream.read(1)) != b":":
            if not byte:
                raise ConnectionError("Firefox has closed the connection")
            length += byte
        return json.loads(self._stream.read(int(length)))
