"""Declarations by programs that others wrote for today's register. They cannot be changed, so what they mean is read generously.

`result` 0 is answered after the durable commit alone. The same body within two minutes is the same declaration and gets the same code.
"""

from __future__ import annotations

import binascii
import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any

from tlog.entry import Organisations, Voice
from tuidang.intake import actions, policies
from tuidang.intake.content import Accepted, NewDeclaration, NewPerson
from tuidang.intake.forms import CONSENT_VERSION
from tuidang.kernel.errors import BusyError, InvalidInputError, TuidangError
from tuidang.reference import pack, switches
from tuidang.reference import queries as reference
from tuidang.vault.codes import Code
from tuidang.vault.formkeys import client_codes

ALL = int(Organisations.PARTY | Organisations.LEAGUE | Organisations.PIONEERS)
_BITS = {"党": Organisations.PARTY, "黨": Organisations.PARTY, "团": Organisations.LEAGUE, "團": Organisations.LEAGUE}
_BITS |= {"队": Organisations.PIONEERS, "隊": Organisations.PIONEERS}
_LEAVING = re.compile(r"三退|退出?[党黨团團队隊、]+")
_LINE = re.compile(r"^\s*(三退|退出?[党黨团團队隊、]+)[^:：]{0,10}[:：]\s*(.+?)\s*$", re.MULTILINE)
_SHORT_ESCAPE = re.compile(r"(?<!\\)((?:\\\\)*)\\u([0-9a-fA-F]{3})(?![0-9a-fA-F])")

MESSAGES = {
    "unreadable": "未能读取所提交的内容，未作任何记录。请检查后重新提交。 / Could not be read; nothing was recorded. Please send it again.",
    "organisations": "请写明每个人退出的组织：党、团、队，或三退。未作任何记录。 / Say for each person which organisations they leave. Nothing was recorded.",
    "names": "请填写声明人的名字（可用化名）。未作任何记录。 / Give the name of each person (it may be invented). Nothing was recorded.",
    "persons": "一份声明最多 500 人。未作任何记录。 / At most 500 people in one declaration. Nothing was recorded.",
    "title": "标题太长。未作任何记录。 / The title is too long. Nothing was recorded.",
    "text": "声明内容为空或超过 20,000 字。未作任何记录。 / The text is empty or longer than 20,000 characters. Nothing was recorded.",
    "closed": "登记尚未开放，未作任何记录。 / The register is not open yet; nothing was recorded.",
    "busy": "系统繁忙，未能确认是否已记录。请稍后原样重新提交，不会重复计数。 / Busy. Please send the very same again in a moment; it will not count twice.",
}


@dataclass(frozen=True, slots=True)
class Submission:
    """The fields that count, as text. `email` is never read."""

    name: str = field(repr=False)
    address: str = field(repr=False)
    subject: str = field(repr=False)
    content: str = field(repr=False)


class UnusableError(TuidangError):
    """Cannot be taken in; `message` names the sentence for the person."""

    exit_code = 1

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def answer(body: bytes) -> bytes:
    """The answer to a submission: base64url without padding of JSON in ASCII. Never raises for what a client can send."""
    try:
        if not switches.intake_open():
            raise UnusableError("closed")
        code = _accept(declaration_of(read(body)), body)
        reply: dict[str, Any] = {"result": 0, "message": code.base32()}
    except UnusableError as error:
        reply = {"result": 1, "message": MESSAGES[error.message]}
    except InvalidInputError as error:
        reply = {"result": 1, "message": MESSAGES.get(next(iter(error.problems)), MESSAGES["unreadable"])}
    except BusyError:
        reply = {"result": 2, "message": MESSAGES["busy"]}
    return urlsafe_b64encode(json.dumps(reply, ensure_ascii=True).encode()).rstrip(b"=")


def _accept(declaration: NewDeclaration, body: bytes) -> Code:
    now, before = client_codes(body)
    if actions.was_accepted(code=before):
        actions.note_second_answer(code=before)
        return before
    accepted: Accepted = actions.accept(declaration=declaration, code=now)
    if accepted.result == "same":
        actions.note_second_answer(code=now)
    return now


def read(body: bytes) -> Submission:
    """The fields of a submission. Raises UnusableError("unreadable").

    Some clients drop the leading zero of escapes below U+1000, and some send UTF-8 where ASCII was agreed: both are mended.
    """
    compact = re.sub(rb"\s", b"", body).rstrip(b"=").replace(b"+", b"-").replace(b"/", b"_")
    try:
        raw = urlsafe_b64decode(compact + b"=" * (-len(compact) % 4)).decode("utf-8")
    except (binascii.Error, ValueError):
        raise UnusableError("unreadable") from None
    for text in (raw, _SHORT_ESCAPE.sub(r"\1\\u0\2", raw)):
        try:
            value = json.loads(text, strict=False)
        except (ValueError, RecursionError):
            continue
        if isinstance(value, dict):
            return Submission(*(_text(value.get(name)) for name in ("name", "address", "subject", "content")))
    raise UnusableError("unreadable")


def _text(value: object) -> str:
    # A lone surrogate cannot be stored or hashed; it is shown as what it is, an unreadable character.
    return str(value).encode("utf-16", "surrogatepass").decode("utf-16", "replace") if isinstance(value, str | int) else ""


def declaration_of(sent: Submission) -> NewDeclaration:
    """The declaration that a submission means. Raises UnusableError("organisations") or ("names")."""
    names = [name for part in re.split(r"[、\r\n]", sent.name) if (name := policies.clean_line(part))]
    if not names:
        raise UnusableError("names")
    left = {policies.clean_line(found.group(2)): organisations(found.group(1)) for found in _LINE.finditer(f"{sent.content}\n{sent.subject}")}
    whole = 0 if left else organisations(f"{sent.subject}\n{sent.content}")
    aliases = pack.aliases()
    persons = tuple(NewPerson(name=name, organisations=left.get(name, whole), suggested=name in aliases) for name in names)
    if any(not person.organisations for person in persons):
        raise UnusableError("organisations")
    alone = len(persons) == 1
    return NewDeclaration(
        title=policies.clean_line(sent.subject) if alone else "",
        text=policies.clean_text(sent.content) or policies.clean_text(sent.subject),
        language="zh",
        persons=persons,
        voice=Voice.FIRST_HAND if alone else Voice.LISTED,
        channel=reference.channel("relay"),
        region=reference.match_place(sent.address[:200]),
        source=0,
        publish=True,
        consent=f"client-{CONSENT_VERSION}",
    )


def organisations(text: str) -> int:
    """The organisations that a text says someone leaves, 0 if it names none: 退 and any of 党团队 in either script, or 三退."""
    found = 0
    for match in _LEAVING.finditer(text):
        found |= ALL if match.group() == "三退" else sum({_BITS[char] for char in match.group() if char in _BITS})
    return found
