"""Someone at the public interfaces: a browser without scripts that reads each page and sends its form, and a client of today's register.

Speaks HTTP to the running site and knows nothing of what is behind it.
"""

from __future__ import annotations

import json
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from html.parser import HTMLParser
from http.client import HTTPConnection, HTTPException
from types import TracebackType
from typing import Self
from urllib.parse import urlencode

from tuidang.demo.world import Invented, leaving
from tuidang.kernel.errors import BusyError, SetUpError

FORM = "application/x-www-form-urlencoded"
ORGANISATIONS = ("party", "league", "pioneers")
SECONDS = 60
TRIES = 20


class Page(HTMLParser):
    """What a visitor takes from a page: the hidden fields of its forms, and the code where one is shown."""

    def __init__(self, body: bytes) -> None:
        super().__init__()
        self.hidden: list[tuple[str, str]] = []
        self._code: list[str] = []
        self._in_code = False
        self.feed(body.decode())
        self.close()

    @property
    def code(self) -> str:
        """The code that is shown, empty if there is none."""
        return " ".join("".join(self._code).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Notes hidden inputs and the beginning of the code."""
        named = {name: value or "" for name, value in attrs}
        if tag == "input" and named.get("type") == "hidden":
            self.hidden.append((named.get("name", ""), named.get("value", "")))
        if tag == "p" and "code" in named.get("class", "").split() and not self._code:  # below it stands the same in words
            self._in_code = True

    def handle_endtag(self, tag: str) -> None:
        """The code ends with its paragraph."""
        if tag == "p":
            self._in_code = False

    def handle_data(self, data: str) -> None:
        """Collects the code."""
        if self._in_code:
            self._code.append(data)

    def value(self, name: str) -> str:
        """A hidden field. Raises SetUpError if the page has none of this name."""
        for found, value in self.hidden:
            if found == name:
                return value
        raise SetUpError(f"a page of the site lacks its field {name}")


class Visitor:
    """One connection to the site on this machine, kept open. Not for several threads."""

    def __init__(self, port: int) -> None:
        self._line = HTTPConnection("127.0.0.1", port, timeout=SECONDS)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._line.close()

    def ask(self, method: str, path: str, body: bytes | None = None, kind: str = FORM) -> tuple[int, bytes]:
        """Status and body. A line that the site closed meanwhile is opened again: everything sent here may be sent twice."""
        headers = {"Content-Type": kind} if body is not None else {}
        for last in (False, True):
            try:
                self._line.request(method, path, body, headers)
                answer = self._line.getresponse()
                return answer.status, answer.read()
            except (HTTPException, OSError) as error:
                self._line.close()
                if last:
                    raise SetUpError(f"the site does not answer ({type(error).__name__})") from error
        raise AssertionError

    def _page(self, path: str, fields: list[tuple[str, str]] | None = None) -> Page:
        for _ in range(TRIES):
            status, body = self.ask("GET", path) if fields is None else self.ask("POST", path, urlencode(fields).encode())
            if status == 200:
                return Page(body)
            if status != 503:
                raise SetUpError(f"the site answered {status} at {path}")
            time.sleep(0.5)
        raise BusyError(f"the site stays busy at {path}")

    def hand_in(self, one: Invented) -> str:
        """Declares, and returns the code that was shown."""
        return self._by_client(one) if one.by_client else self._by_form(one)

    def _by_form(self, one: Invented) -> str:
        path = f"/{one.language}/declare/" + ("group/" if len(one.persons) > 1 else "")
        token = self._page(path).value("token")
        check = self._page(path, [("token", token), *_typed(one), ("step", "check")])
        code = self._page(path, [*check.hidden, ("step", "send")]).code
        if not code:
            raise SetUpError("the site showed no code")
        return code

    def _by_client(self, one: Invented) -> str:
        body = urlsafe_b64encode(json.dumps(_fields(one), ensure_ascii=True).encode()).rstrip(b"=")
        for _ in range(TRIES):
            status, sent = self.ask("POST", "/t.php?act=submit", body, "text/plain")
            answer = json.loads(urlsafe_b64decode(sent + b"=" * (-len(sent) % 4))) if status == 200 else {"result": status}
            if answer["result"] == 0:
                return str(answer["message"])
            if answer["result"] != 2:
                raise SetUpError(f"the site answered a client with {answer['result']}")
            time.sleep(0.5)
        raise BusyError("the site stays busy for clients")

    def take_back(self, code: str) -> None:
        """Takes a declaration back, as a person does it: look up, ask, confirm."""
        path = "/en/lookup/"
        asked = self._page(path, [("code", code), ("step", "take_back")])
        self._page(path, [("code", asked.value("code")), ("step", "take_back_now")])

    def support(self, *, page: str, name: str, country: str, text: str) -> None:
        """Sends a message of support by the form in the language `page`."""
        path = f"/{page}/messages/send/"
        token = self._page(path).value("token")
        check = self._page(
            path, [("token", token), ("name", name), ("country", country), ("text", text), ("agree", "on"), ("step", "check")]
        )
        if not self._page(path, [*check.hidden, ("step", "send")]).code:
            raise SetUpError("the site showed no code for a message of support")


def _typed(one: Invented) -> list[tuple[str, str]]:
    """The fields that a person fills in, with the ticks that the page asks for."""
    group = len(one.persons) > 1
    fields = [("rows", str(len(one.persons)))] if group else []
    for number, someone in enumerate(one.persons, 1):
        ending = f"_{number}" if group else ""
        fields.append((f"name{ending}", someone.name))
        fields += [(f"left{ending}", name) for place, name in enumerate(ORGANISATIONS) if someone.left >> place & 1]
    fields += [("place", one.place), ("title", one.title), ("text", one.text)]
    fields += [("publish", "on")] if one.publish else []
    return [*fields, ("agreed" if group else "adult", "on"), ("consent", "on")]


def _fields(one: Invented) -> dict[str, object]:
    """What a client sends. Of several people the title has a line for each; the text is their own."""
    lines = "\r\n".join(f"{leaving(someone)}：{someone.name}" for someone in one.persons)
    alone = len(one.persons) == 1
    return {
        "name": "、".join(someone.name for someone in one.persons),
        "email": "",
        "address": one.place,
        "subject": f"{leaving(one.persons[0])}声明" if alone else lines,
        "smnumber": len(one.persons),
        "content": one.text or lines,
    }
