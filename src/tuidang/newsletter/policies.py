"""What an e-mail address is, which of them are within reach of the state, and how much is sent. Plain Python."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

WAITING_DAYS = 3
"""So long after signing up the link in the letter confirms; then everything about it is deleted."""
LETTERS_A_DAY = 2
"""To one address that signs up, however often: whoever types a stranger's address is not to fill their mailbox."""
SIGN_UPS_AN_HOUR = 1000
"""That one process takes in. More are told to come later."""
MOST_TRIES = 6
"""For a letter that a server wants later, before it counts as refused."""
RATE = 600
"""Letters a minute to the mailboxes of one provider, where nothing else is set."""
_HOUSES = {
    "googlemail.com": "gmail.com",
    **dict.fromkeys(("hotmail.com", "live.com", "msn.com"), "outlook.com"),
    **dict.fromkeys(("ymail.com", "rocketmail.com", "aol.com"), "yahoo.com"),
    **dict.fromkeys(("me.com", "mac.com"), "icloud.com"),
    **dict.fromkeys(("proton.me", "pm.me"), "protonmail.com"),
}
"""Domains behind which the servers of another one stand."""
LANGUAGES = ("en", "zh-hans", "zh-hant")
_LONGEST_LOCAL, _LONGEST_DOMAIN, _LONGEST = 64, 253, 254
_LONGEST_TYPED = 1000
_ATOM = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.\u0080-\U0010ffff-]+")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_NO_LETTERS = ("C", "Z")
"""Unicode's classes of what is no character of a name: controls, unassigned, spaces, line ends."""
_AROUND = " \t\u3000\u00a0\u200b\ufeff"
"""What is copied along with an address."""
_WIDE = str.maketrans({"＠": "@", "﹫": "@", "．": ".", "。": ".", "｡": "."})
_WITHIN_REACH = frozenset(
    {
        *(
            "qq.com",
            "foxmail.com",
            "wechat.com",
            "weixin.com",
            "163.com",
            "126.com",
            "163.net",
            "yeah.net",
            "netease.com",
            "188.com",
            "sina.com",
        ),
        *(
            "sohu.com",
            "sogou.com",
            "chinaren.com",
            "tom.com",
            "21cn.com",
            "aliyun.com",
            "dingtalk.com",
            "139.com",
            "10086.com",
            "wo.cn",
            "189.cn",
        ),
        *("263.net", "263.com", "eyou.com", "2980.com", "huawei.com"),
    }
)
_ENDINGS = ("cn", "xn--fiqs8s", "xn--fiqz9s", "xn--55qx5d", "xn--io0a7i", "xn--3ds443g", "xn--vuq861b")
"""cn, 中国, 中國, 公司, 网络, 在线, 信息: kept by registries on the mainland."""


@dataclass(frozen=True, slots=True)
class Address:
    """An address that mail can be sent to. `domain` is written as servers know it, in ASCII."""

    local: str = field(repr=False)
    domain: str = field(repr=False)

    def __str__(self) -> str:
        return f"{self.local}@{self.domain}"

    @property
    def key(self) -> bytes:
        """What is the same for one mailbox: Anna@ and anna@ are one reader, as hardly any server tells them apart."""
        return f"{unicodedata.normalize('NFKC', self.local).casefold()}@{self.domain}".encode()

    @property
    def within_reach(self) -> bool:
        """Whether it is kept by a company, or under a registry, that must hand over mail to the Chinese state."""
        parts = self.domain.split(".")
        return parts[-1] in _ENDINGS or bool(_WITHIN_REACH & {".".join(parts[at:]) for at in range(len(parts) - 1)})

    @property
    def masked(self) -> str:
        """Enough for its owner to know it by, and little for whoever looks over their shoulder."""
        return f"{self.local[:1]}…@{self.domain}"


@dataclass(frozen=True, slots=True)
class NoAddress:
    """Why something is no address: `empty`, `too_long`, `characters`, `form`."""

    problem: str


def read_address(typed: str) -> Address | NoAddress:
    """The address in what a person typed. Exactly one, without a name beside it: nothing of it can become another header or recipient."""
    text = unicodedata.normalize("NFC", typed[: _LONGEST_TYPED + 1].strip(_AROUND).translate(_WIDE))
    local, at, named = text.rpartition("@")
    problem, domain = _problem(text, local), ""
    if not problem:
        domain = _domain(named)
        size = len(local.encode())
        long = size > _LONGEST_LOCAL or len(domain) > _LONGEST_DOMAIN or size + 1 + len(domain) > _LONGEST
        problem = "too_long" if long else "" if at and domain else "form"
    return NoAddress(problem) if problem else Address(local, domain)


def _problem(text: str, local: str) -> str:
    """What is wrong before the domain is looked at."""
    if not text or len(text) > _LONGEST_TYPED:
        return "too_long" if text else "empty"
    if not local or local.startswith(".") or local.endswith(".") or ".." in local:
        return "form"
    strange = not _ATOM.fullmatch(local) or any(unicodedata.category(one)[0] in _NO_LETTERS for one in text)
    return "characters" if strange else ""


def _domain(named: str) -> str:
    """In ASCII and small letters; empty where it is no name of a host that mail reaches, as long as it is where it is too long."""
    if len(named) > _LONGEST_DOMAIN:
        return named
    try:
        domain = named.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return ""
    labels = domain.split(".")
    whole = len(labels) > 1 and all(_LABEL.fullmatch(one) for one in labels) and not labels[-1].isdigit()
    return domain if whole else ""


def provider(domain: str) -> str:
    """Whose servers take mail for a domain, as far as it is known: by this, letters are counted that go out in a minute."""
    return _HOUSES.get(domain, domain)


def rate(rates: Mapping[str, int], name: str) -> int:
    """Letters a minute to a provider."""
    return rates.get(name, rates.get("*", RATE))
