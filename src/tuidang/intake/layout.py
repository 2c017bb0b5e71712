"""A declaration as plain text, one answer to a line: "Name: Calm River". Read as people write it: any script, any colon, in any order.

Whatever is read becomes a `Typed`, as a form does, so that the same rules hold. What looks like a label inside the declaration ends it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from hashlib import sha256

from django.utils.translation import gettext as _

from tuidang.intake.content import NewDeclaration
from tuidang.intake.forms import CONSENT_VERSION, ORGANISATIONS, Typed, TypedPerson
from tuidang.intake.policies import MOST_PERSONS
from tuidang.reference import queries as reference
from tuidang.vault.codes import traditional_to_simplified

_NAMED = "名字（可用化名）"
LABELS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "name": {"en": ("Name", "Alias"), "zh-hans": (_NAMED, "姓名", "名字", "化名"), "zh-hant": (_NAMED, "姓名", "名字", "化名")},
    "people": {"en": ("People", "Persons"), "zh-hans": ("名单", "人员"), "zh-hant": ("名單", "人員")},
    "left": {
        "en": ("Withdraws from", "I withdraw from", "Withdraw from", "Organisations", "Organizations"),
        "zh-hans": ("退出", "声明退出", "退出组织", "曾加入"),
        "zh-hant": ("退出", "聲明退出", "退出組織", "曾加入"),
    },
    "place": {"en": ("Place", "Region"), "zh-hans": ("地区", "居住地", "所在地"), "zh-hant": ("地區", "居住地", "所在地")},
    "title": {"en": ("Title",), "zh-hans": ("标题", "题目"), "zh-hant": ("標題", "題目")},
    "text": {"en": ("Declaration", "Statement", "Text"), "zh-hans": ("声明", "声明内容", "正文"), "zh-hant": ("聲明", "聲明內容", "正文")},
    "publish": {"en": ("Publish",), "zh-hans": ("公开", "发表"), "zh-hant": ("公開", "發表")},
    "adult": {
        "en": ("I am 16 or older", "16 or older"),
        "zh-hans": ("我已年满16岁", "年满16岁", "已满16岁", "我已满16岁"),
        "zh-hant": ("我已年滿16歲", "年滿16歲", "已滿16歲", "我已滿16歲"),
    },
    "agreed": {
        "en": (
            "Each has agreed and is 16 or older or my child",
            "Each has agreed and is 16 or older",
            "Each person has agreed and is 16 or older",
        ),
        "zh-hans": ("每个人都已同意，且年满16岁或是我的孩子", "每个人都已同意且年满16岁", "每人都已同意且年满16岁"),
        "zh-hant": ("每個人都已同意，且年滿16歲或是我的孩子", "每個人都已同意且年滿16歲", "每人都已同意且年滿16歲"),
    },
    "consent": {
        "en": ("I agree that this is stored and counted", "I agree", "Consent"),
        "zh-hans": ("我同意保存并计入", "同意保存并计入", "我同意", "同意"),
        "zh-hant": ("我同意保存並計入", "同意保存並計入", "我同意", "同意"),
    },
}
"""What stands before the colon, by language; the first one is how we write it."""

_YES = frozenset(("yes", "y", "x", "ok", "agreed", "iagree", "是", "是的", "对", "好", "同意", "我同意", "已同意", "✓", "√", "☑"))
_NO = frozenset(("", "n", "no", "none", "dont", "donot", "否", "不", "不要", "不用", "不公开", "不发表", "不同意"))
_CHILD = re.compile(
    r"[(\[（【〔]\s{0,3}(?:我的)?(?:孩子|小孩|儿子|女儿|儿童|my\s?child|child|my\s?son|my\s?daughter)\s{0,3}[)\]）】〕]\s*$", re.IGNORECASE
)
"""Behind the name of someone under 16, whose parent writes this."""
_LEFT = {"party": ("party", "党"), "league": ("league", "团"), "pioneers": ("pioneer", "队")}
_ALL = ("三退", "allthree")
_LABEL = re.compile(r"\s{0,9}(?:[-*•]\s?)?([^:：﹕︰\n]{1,60})[:：﹕︰]")
_QUOTED = re.compile(r"(?:\s?[>＞])+ ?")
_MARKS = re.compile(r"[\s\W_]+")
_MOST_LINES = 5000
_ENOUGH = 2000
_LONGEST_LINE = 200


@dataclass(frozen=True, slots=True)
class Understood:
    """What was read. `language` is that of the labels, empty if there was none. `renamed`: names of children that invented ones stand for."""

    language: str
    typed: Typed = field(repr=False)
    renamed: frozenset[str] = field(default=frozenset(), repr=False)
    unclear: bool = False
    """Whether “publish” was answered with neither yes nor no."""

    def problems(self) -> dict[str, str]:
        """As `Typed.problems`, and `yes_or_no`."""
        return self.typed.problems() | ({"publish": "yes_or_no"} if self.unclear else {})

    def declaration(self, channel: str) -> NewDeclaration:
        """What is handed in, through `channel`. Call `problems` first."""
        new = self.typed.declaration(self.language)
        return replace(new, channel=reference.channel(channel), consent=f"{channel}-{CONSENT_VERSION}")


def read(text: str) -> Understood:
    """Reads a text. Lines that quote another are looked at only where no other line says anything."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")[:_MOST_LINES]
    own = [line for line in lines if not _QUOTED.match(line)]
    for some in (own, [_QUOTED.sub("", line, count=1) for line in lines]):
        if found := _answers(some):
            return _understood(_language(some, text), found)
    return Understood("", Typed(group=False))


def sample(language: str, *, group: bool = False) -> list[tuple[str, str]]:
    """(label, answer) of each line as we show it. The answers that agree are left to the reader, so that a sample declares nothing."""
    shown = {name: by_language[language][0] for name, by_language in LABELS.items()}
    party, league, pioneers = (found.labels[language] for found in reference.organisations())
    comma = ", " if language == "en" else "、"
    names = _ORDER_OF_SEVERAL if group else _ORDER_OF_ONE
    answers = {"left": comma.join((party, league, pioneers)), **_EXAMPLES[language]}
    answers |= {"text": answers["for several"]} if group else {}
    lines = [(shown[name], answers.get(name, "")) for name in names]
    people = [(answers["name"], comma.join((party, league))), (answers["another"], pioneers)]
    return [lines[0], *people, *lines[1:]] if group else lines


_ORDER_OF_ONE = ("name", "left", "place", "text", "publish", "adult", "consent")
_ORDER_OF_SEVERAL = ("people", "place", "text", "publish", "agreed", "consent")
_EXAMPLES = {
    "en": {
        "name": "Calm River",
        "another": "Far Hill",
        "place": "Guangdong",
        "text": "I declare that I withdraw.",
        "for several": "We declare that we withdraw.",
        "publish": "no",
    },
    "zh-hans": {
        "name": "远山",
        "another": "静雨",
        "place": "广东",
        "text": "我声明退出。",
        "for several": "我们声明退出。",
        "publish": "否",
    },
    "zh-hant": {
        "name": "遠山",
        "another": "靜雨",
        "place": "廣東",
        "text": "我聲明退出。",
        "for several": "我們聲明退出。",
        "publish": "否",
    },
}


def words(problems: Mapping[str, str], language: str) -> list[str]:
    """A sentence for each problem, in the language that is active; `language` is that of the labels they name."""
    named = {name: by_language[language or "en"][0] for name, by_language in LABELS.items()}
    return [_sentence(name, problem, named) for name, problem in problems.items()]


def _sentence(name: str, problem: str, named: Mapping[str, str]) -> str:
    sentences = {
        "too_large": _("The message is too long."),
        "unreadable": _("Some characters did not arrive whole. Please send it as plain text in UTF-8."),
        "no_text": _("There is no text in it: pictures and attachments are not opened."),
        "too_many": _("It names more than %(most)s people.") % {"most": MOST_PERSONS},
        "dead": _("The dead are not counted. Please leave them out; the text may remember them."),
        "yes_or_no": _("“%(label)s” has to be answered with “yes” or “no”.") % {"label": named.get(name, name)},
        "too_long": _("“%(label)s” is too long.") % {"label": named.get(name, name)},
        "twice": _("The same name stands there twice. If it is two people, please tell them apart."),
        "none": _("“%(label)s” is missing, or names none of the three organisations.") % {"label": named["left"]},
        "needed": _("“%(label)s” has to be answered with “yes”.") % {"label": named.get(name, name)},
    }
    return sentences.get(problem) or _("“%(label)s” is missing or empty.") % {"label": named.get(name, name)}


def _folded(text: str) -> str:
    """Without blanks and marks, in small letters, in simplified characters."""
    return _MARKS.sub("", unicodedata.normalize("NFKC", text).casefold().translate(_simplified()))


@cache
def _simplified() -> dict[int, int]:
    return traditional_to_simplified() | reference.script_fold()


@cache
def _names() -> dict[str, str]:
    return {_folded(label): name for name, languages in LABELS.items() for labels in languages.values() for label in labels}


def _split(line: str) -> tuple[str, str]:
    """The label that a line begins with, by name, and what follows; ("", line) where there is none."""
    found = _LABEL.match(line)
    name = _names().get(_folded(found[1]), "") if found else ""
    return (name, line[found.end() :].strip()) if found and name else ("", line)


def _answers(lines: list[str]) -> dict[str, list[str]]:
    """The lines of each answer, the last one that says something of several under the same label; empty without any label."""
    found: dict[str, list[str]] = {}
    current: list[str] = []
    for line in lines:
        if line.rstrip() == "--" or line == "-- ":
            break  # a signature
        name, rest = _split(line)
        if name:
            current = [rest]
            if name not in found or rest or not any(one.strip() for one in found[name]):
                found[name] = current
        else:
            current.append(rest)
    return found


def _understood(language: str, found: Mapping[str, list[str]]) -> Understood:
    """What the answers say. The same answers give a child the same invented name each time: what was read back is what is recorded."""
    typed = _typed(found)
    seed = sha256("\0".join([typed.text, *(one.name for one in typed.persons)]).encode("utf-8", "replace"))
    named = typed.with_invented_children(language, int.from_bytes(seed.digest()[:8], "big"))
    pairs = zip(typed.persons, named.persons, strict=True)
    unclear = _folded(_one(found, "publish")) not in _YES | _NO
    return Understood(language, named, frozenset(new.name for old, new in pairs if new.name != old.name), unclear)


def _typed(found: Mapping[str, list[str]]) -> Typed:
    rows = tuple(_people(found.get("people", [])))
    alone = TypedPerson(_one(found, "name"), _left(" ".join(_first(found.get("left", [])))))
    return Typed(
        group=bool(rows),
        persons=rows or (alone,),
        place=_one(found, "place"),
        title=_one(found, "title"),
        text="\n".join(found.get("text", [])).strip(),
        publish=_is_yes(found, "publish"),
        adult=_is_yes(found, "adult"),
        agreed=_is_yes(found, "agreed"),
        consent=_is_yes(found, "consent"),
    )


def _is_yes(found: Mapping[str, list[str]], name: str) -> bool:
    return _folded(_one(found, name)) in _YES


def _first(lines: list[str]) -> list[str]:
    """The lines of a short answer: those up to the first blank one after something was said."""
    said: list[str] = []
    for line in lines:
        if not line.strip() and said:
            break
        said += [line.strip()] if line.strip() else []
    return said


def _one(found: Mapping[str, list[str]], name: str) -> str:
    """An answer of one line: the first that says something."""
    return next(iter(_first(found.get(name, []))), "")


def _people(lines: list[str]) -> Iterator[TypedPerson]:
    for line in [line for line in lines if line.strip()][: MOST_PERSONS + 1]:
        plain = re.sub(r"^\s*(?:\d{1,3}[.)、．]|[-*•])\s*", "", line).strip()
        name, _colon, left = re.sub("[：﹕︰]", ":", plain).rpartition(":")
        whole = name.strip() or plain
        bare = _CHILD.sub("", whole.translate(_simplified())) if len(whole) < _LONGEST_LINE else whole
        yield TypedPerson(whole[: len(bare)].strip(), _left(left) if name else frozenset(), child=len(bare) < len(whole))


def _left(text: str) -> frozenset[str]:
    said = _folded(text)
    if any(one in said for one in _ALL):
        return frozenset(ORGANISATIONS)
    return frozenset(name for name, written in _LEFT.items() if any(one in said for one in written))


def _language(lines: list[str], text: str) -> str:
    """English if a label is; else the script of Chinese that has more characters of its own in the text."""
    label = next(line for line in lines if _split(line)[0])
    if re.match(r"[\s\W]*[A-Za-z]", label):
        return "en"
    traditional, simplified = set(_simplified()), set(_simplified().values())
    only = [character for character in map(ord, text[:_ENOUGH]) if (character in traditional) != (character in simplified)]
    return "zh-hant" if 2 * sum(character in traditional for character in only) > len(only) else "zh-hans"
