"""What clients of today's register send and how they read an answer, spelt out a second time: nothing here is imported from the product."""

import base64
import json


def ascii_json(**fields: object) -> bytes:
    """JSON as those clients write it: everything from U+0100 on is escaped, what is below stays as it is."""
    text = json.dumps(fields, ensure_ascii=False)
    return "".join(char if ord(char) < 0x100 else json.dumps(char)[1:-1] for char in text).encode("utf-8")


def wrapped(raw: bytes) -> bytes:
    return base64.urlsafe_b64encode(raw).rstrip(b"=")


def submission(**fields: object) -> bytes:
    """A body; what is not given is as for one person."""
    usual = {
        "name": "林间客",
        "email": "",
        "address": "",
        "subject": "退党声明",
        "smnumber": 1,
        "content": "我声明退出党、团、队。",
    }
    return wrapped(ascii_json(**(usual | fields)))


def group(*lines: tuple[str, str], **fields: object) -> bytes:
    """A body for several people; `lines` are (organisations as characters, name)."""
    told = "\r\n".join(f"退{left}：{name}" for left, name in lines)
    return submission(**({"name": "、".join(name for _, name in lines), "subject": told, "content": told, "smnumber": len(lines)} | fields))


def understood(answer: bytes) -> dict[str, object]:
    """An answer as a client reads it: byte by byte, each of them a character."""
    assert b"=" not in answer
    raw = base64.b64decode(answer + b"=" * (-len(answer) % 4), altchars=b"-_", validate=True)
    assert raw.isascii()
    return json.loads(raw)
