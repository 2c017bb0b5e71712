"""Addresses of e-mail and accounts of messengers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tuidang.intake.passages.found import Passage

_EMAIL = re.compile(
    r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64}[ ]?(?:@|\(at\)|\[at\]|艾特|(?<=[ ])AT(?=[ ]))[ ]?"
    r"[A-Za-z0-9-]{1,63}(?:(?:\.|点(?=com|cn|net|org)|[ ]?\(dot\)[ ]?|[ ]?\[dot\][ ]?)[A-Za-z0-9-]{1,63}){1,8}"
)
_ACCOUNTS = (
    re.compile(r"(?<![A-Za-z])(?:QQ|qq|Qq|扣扣|企鹅)(?:号码|号|群号|群)?(?:是|为)?[\s:：]{0,3}[1-9][0-9]{4,11}(?![0-9])"),
    re.compile(
        r"(?<![A-Za-z])(?:微信|薇信|威信|[Vv]信|加[Vv]|[Ww]e[Cc]hat|[Ww]eixin|[Vv][Xx])"
        r"(?:(?:号|账号|[ ]?ID|[ ]?id)(?:是|为|[ ]is)?[\s:：]{0,3}[A-Za-z][A-Za-z0-9_-]{5,19}"
        r"|(?<=信)(?:是|[\s]?[:：])[\s]?[A-Za-z][A-Za-z0-9_-]{5,19}"
        r"|(?:是|为)?[\s:：]{0,3}[A-Za-z](?=[A-Za-z]{0,18}[0-9_-])[A-Za-z0-9_-]{5,19})(?![A-Za-z0-9_-])"
    ),
    re.compile(
        r"(?:电报|[Tt]elegram|TG|[Ss]ignal|[Ww]hats[Aa]pp|LINE|[Tt]witter|推特|脸书|[Ff]acebook|微博|抖音|快手|小红书|[Ss]kype)"
        r"(?:号|账号| ID)?[\s:：]{0,3}@[A-Za-z0-9_]{4,32}"
    ),
)


def find(text: str) -> Iterator[Passage]:
    """The addresses of e-mail and the accounts of `text`, which is in one form already."""
    yield from (Passage(found.start(), found.end(), "email") for found in _EMAIL.finditer(text))
    for pattern in _ACCOUNTS:
        yield from (Passage(found.start(), found.end(), "account") for found in pattern.finditer(text))
