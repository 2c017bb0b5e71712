"""The register as plain text: lines of at most 72 columns, and a form that is filled in with any editor and sent with any program.

What a declaration looks like as text is `intake.layout`, which mails follow too. A text form adds three things: lines that begin with # are
notes to the reader, one line holds the form's number, so that sending twice is one declaration, and one confirms what was read: with a
number that stands in the answer and belongs to these words alone, so that nobody confirms what they were not shown.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from hashlib import sha256

from tuidang.intake import layout
from tuidang.intake.content import NewDeclaration
from tuidang.reference import pack

COLUMNS = 72
TOKEN = {"en": "Form number", "zh-hans": "表单号", "zh-hant": "表單號"}
CONFIRM = {"en": "Confirm", "zh-hans": "确认", "zh-hant": "確認"}
YES = {"en": "yes", "zh-hans": "是", "zh-hant": "是"}
NO = {"en": "no", "zh-hans": "否", "zh-hant": "否"}
PEOPLE = {
    "en": ("Calm River: Party, Youth League, Young Pioneers", "Far Hill: Young Pioneers", "Small (my child): Young Pioneers"),
    "zh-hans": ("平安：党、团、队", "远山：队", "小名（我的孩子）：队"),
    "zh-hant": ("平安：黨、團、隊", "遠山：隊", "小名（我的孩子）：隊"),
}
"""Lines of invented people; the third is a child, which gets a name of ours."""
_QUOTED = r"(?:\s?[>＞])*\s*"
_COLON = r"\s*[:：﹕︰]\s*"
_TOKEN = re.compile(rf"{_QUOTED}(?:form number|表单号|表單號){_COLON}([A-Za-z0-9_=-]{{0,100}})\s*", re.IGNORECASE)
_CONFIRM = re.compile(
    rf"{_QUOTED}(?:confirm|确认|確認){_COLON}(?:yes|y|ok|no|n|是的|是|对|對|好|否|不)?[\s,，]{{0,9}}([0-9]{{6}})?[\s.。]{{0,9}}",
    re.IGNORECASE,
)
_LONGEST_CONFIRMATION = 100
_NOTE = re.compile(rf"{_QUOTED}[#＃]")
_ENCODINGS = {"en": ("gb18030",), "zh-hans": ("gb18030", "big5hkscs"), "zh-hant": ("big5hkscs", "gb18030")}
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_CLOSING = frozenset("，。、；：？！）」』】》”’,.;:?!)…·")


@dataclass(frozen=True, slots=True)
class Sent:
    """A text form as it arrived. `token` and `confirmed`, the number that confirms, as they were written, empty if they were not."""

    token: str = field(repr=False)
    confirmed: str = field(repr=False)
    understood: layout.Understood = field(repr=False)

    def declaration(self, language: str) -> NewDeclaration:
        """What is handed in, by the web. Call `understood.problems` first."""
        typed = self.understood.typed
        return replace(typed, text=with_ready_sentence(typed.text)).declaration(language)


def confirmation(token: str, declaration: NewDeclaration) -> str:
    """The six digits that confirm this declaration on this form: any other words have others. No secret: they say what was read back."""
    said = sha256(token.encode() + b"\0" + declaration.content()).digest()
    return f"{int.from_bytes(said[:8], 'big') % 1_000_000:06}"


def read(body: bytes, language: str) -> Sent:
    """What a filled-in text form says, in whatever encoding an editor in China may have saved it; what is no text reads as one with �."""
    token, confirmed, rest = "", "", []
    for line in _decoded(body, language).splitlines():
        if found := _TOKEN.fullmatch(line):
            token = found[1] or token
        elif found := _CONFIRM.fullmatch(unicodedata.normalize("NFKC", line) if len(line) < _LONGEST_CONFIRMATION else ""):
            confirmed = found[1] or confirmed
        elif not _NOTE.match(line):
            rest.append(line)
    return Sent(token, confirmed, layout.read("\n".join(rest).replace("\0", "")))


def _decoded(body: bytes, language: str) -> str:
    for mark, encoding in _MARKS:
        if body.startswith(mark):
            return body.decode(encoding, "replace")
    for encoding in ("utf-8", *_ENCODINGS[language]):
        try:
            return body.decode(encoding)
        except UnicodeDecodeError:
            continue
    return body.decode("utf-8", "replace")


def questions(language: str, *, group: bool = False) -> list[tuple[str, str]]:
    """(label, answer) of each line of an empty form; the answer is what stands there already. The lines in which `group` differs are alone."""
    answers = {
        "name": "" if group else pack.suggested_alias(language),
        "text": pack.sentences(language, group=group)[0],
        "publish": NO[language],
    }
    names = ("people", "agreed") if group else ("name", "left", "adult", "place", "title", "publish", "consent", "text")
    return [(layout.LABELS[name][language][0], answers.get(name, "")) for name in names]


def with_ready_sentence(text: str) -> str:
    """`text`, whose first paragraph, if it is a ready sentence that was broken into lines, is that sentence again."""
    first, gap, rest = text.partition("\n\n")
    squeezed = _squeezed(first)
    return next((one for one in pack.every_sentence() if _squeezed(one) == squeezed), first) + gap + rest


def _squeezed(text: str) -> str:
    return "".join(text.split())


def wrapped(text: str) -> str:
    """Every line of `text` in at most 72 columns, a Chinese character taking two; lines that begin with two blanks stay as they are.

    Notes (#) go on as notes. No line begins with a mark that ends something, or ends with one that begins something.
    """
    return "".join(f"{one}\n" for line in text.split("\n") for one in _wrapped_line(line.rstrip())).rstrip("\n") + "\n"


def _wrapped_line(line: str) -> Iterator[str]:
    if line.startswith(("  ", "#  ")) or width(line) <= COLUMNS:
        yield line
        return
    before = "# " if line.startswith("# ") else ""
    current = before
    for word in _words(line.removeprefix(before)):
        if current.strip("# ") and width(current + word.rstrip()) > COLUMNS and word[0] not in _CLOSING:
            yield current.rstrip()
            current = before
            word = word.lstrip()  # noqa: PLW2901  the blank that ended the line is not carried over
        current += word
    yield current.rstrip()


def _words(line: str) -> Iterator[str]:
    """The pieces between which a line may be broken: words with the blank after them, and single Chinese characters."""
    yield from re.findall(r"[“‘（「『《]*(?:[!-~\u00a0-\u2e7f]+[ ]*|.)", line)


def width(text: str) -> int:
    """The columns that `text` takes in a terminal."""
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)
