"""What a code opens. GET shows an empty form; a code travels in the body of a POST alone, never in an address.

Each button sends the code and a step. Steps that change something end in `_now`, are asked for on a page of their own, and are the same twice
as once; all others only show.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from hashlib import sha256

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from tlog.entry import SELF_VOID
from tuidang.declarant import actions, queries
from tuidang.declarant.forms import Correcting, TypedCode, read_typed_code, refusal
from tuidang.declarant.queries import Editable, Person, Status
from tuidang.design.requests import note_told, read_sent
from tuidang.intake import questions
from tuidang.intake.policies import DECIDED_WITHIN_DAYS, clean_line
from tuidang.kernel import clock
from tuidang.kernel.errors import RefusedError
from tuidang.ledger.actions import SHARED_DAYS
from tuidang.reference import queries as reference
from tuidang.vault.codes import Code

SHARED_FOR = timedelta(days=SHARED_DAYS)
STANDING = frozenset({"waiting", "counted", "held", "sealed"})
ON_RECORD = frozenset({"sealed", "voiding", "void"})
OWED = frozenset({"waiting", "counted", "held", "refused"})
"""Of these the promise says something: who took theirs back is owed no answer."""
FEW = 10
_FILES = {"promise": "promise.txt", "receipt": "receipt.json"}
_CHANGES: dict[str, Callable[[Code], str]] = {
    "take_back_now": lambda code: actions.take_back(code=code),
    "erase_now": lambda code: actions.take_back(code=code, erase=True),
    "publish_now": lambda code: actions.wish(code=code, publish=True),
    "unpublish_now": lambda code: actions.wish(code=code, publish=False),
}
_PAGES = {"take_back": "take_back", "erase": "erase", "publish": "publish", "receipts": "choose", "correct": "choose"}
"""Steps that only ask or list, and their templates."""


@dataclass(frozen=True, slots=True)
class _Sent:
    """What a button sent: a step, with the number of a person where it has one."""

    code: Code
    step: str
    number: int
    fields: QueryDict = field(repr=False)


@require_http_methods(["GET", "HEAD", "POST"])
def lookup(request: HttpRequest) -> HttpResponse:
    """Asks for a code; by POST shows what it opens, and does what its steps say."""
    if request.method != "POST":
        return _ask(request, TypedCode())
    sent = read_sent(request)
    typed = read_typed_code(sent)
    if typed.code is None:
        return _ask(request, typed)
    step, _, number = sent.fields.get("step", "show").partition("-")
    asked = _Sent(typed.code, step, int(number) if number.isascii() and number.isdigit() and len(number) < 4 else 0, sent.fields)
    return _act(request, asked) or _ask(request, typed.unknown())


def _act(request: HttpRequest, sent: _Sent) -> HttpResponse | None:
    """None: the code opens nothing."""
    code, step, notice = sent.code, sent.step, ""
    if step in _FILES:
        content = queries.promise(code) if step == "promise" else queries.receipt(code, sent.number)
        if content is not None:
            disposition = {"Content-Disposition": f'attachment; filename="{_FILES[step]}"'}
            return HttpResponse(content, content_type="application/octet-stream", headers=disposition)
        notice = f"no_{step}"
    if step in _CHANGES:
        notice = _change(lambda: _CHANGES[step](code))
        if step == "erase_now" and notice in ("taken_back", "already"):
            return render(request, "declarant/erased.html", {"section": "lookup", "backup_days": settings.ENVIRONMENT.backup_days})
    if step in ("correct", "correct_check", "correct_now") and (found := queries.editable(code, sent.number)):
        corrected = _correct(request, sent, found)
        if isinstance(corrected, HttpResponse):
            return corrected
        notice = corrected
    status = queries.status(code)
    return None if status is None else _show(request, sent, status, notice or ("not_now" if step.startswith("correct_") else ""))


def _change(change: Callable[[], str]) -> str:
    try:
        return change()
    except RefusedError:
        return "answered_twice"


def _show(request: HttpRequest, sent: _Sent, status: Status, notice: str) -> HttpResponse:
    """The page of the step if it fits how things stand, else the status."""
    note_told(request, [status.title, status.text, *(one.name for one in status.persons), *_room(len(status.persons))])
    standing = any(one.status in STANDING for one in status.persons)
    fits = {
        "take_back": standing,
        "erase": True,
        "publish": status.publication in ("not_wished", "not_published"),
        "receipts": any(one.status in ON_RECORD for one in status.persons),
        "correct": status.correctable == "each",
    }
    page = _PAGES[sent.step] if fits.get(sent.step) else "status"
    context = {**_context(status), "code": sent.code.base32(), "notice": notice, "can_take_back": standing, "step": sent.step}
    if page == "publish":
        context |= _marked(status)
    return render(request, f"declarant/{page}.html", context)


def _room(persons: int) -> list[str]:
    """What is said of each person of a large group besides the name, and more the further it came: a number that is like no other."""
    return [f"{sha256(str(place).encode()).hexdigest()[:8]:0>64}" for place in range(FEW, persons)]


def _marked(status: Status) -> dict[str, object]:
    """What would be published, with the passages marked that could tell who someone is."""
    names = [clean_line(one.name) for one in status.persons]
    title, text = (questions.marked(one, names) for one in (status.title, status.text))
    name = [] if status.group else questions.marked(names[0], names)
    return {"marked": {"name": name, "title": title, "text": text}, "seeming": questions.all_seeming(name, title, text)}


def _correct(request: HttpRequest, sent: _Sent, found: Editable) -> HttpResponse | str:
    """A page, or what was done."""
    step, first = sent.step, not {"name", "name_1"} & set(sent.fields)
    note_told(request, [found.title, found.text, *(name for name, _, _ in found.persons)])
    form = Correcting(found, _language(), None if first else sent.fields)
    problems = form.problems
    if step == "correct_now" and not problems:
        return _change(lambda: actions.correct(code=found.code, correction=form.correction()))
    ending = f"-{sent.number}" if sent.number else ""
    context = {"section": "lookup", "code": sent.code.base32(), "found": found, "ending": ending, "decided_by": _decided_by()}
    if step != "correct" and not problems:
        names, title, text = form.marked()
        told = {
            "persons": [{"name": name, "left": _left(one.organisations)} for name, one in zip(names, form.typed.filled(), strict=True)],
            "title": title,
            "text": text,
            "place": reference.label(form.region, _language()) if form.region else "",
            "typed_place": form.typed.place,
            "seeming": questions.all_seeming(*names, title, text),
        }
        return render(request, "declarant/correct_check.html", {**context, **told, "hidden": form.hidden()})
    checked = step != "correct"
    asked, rows = form.fields(checked=checked), form.rows(checked=checked)
    every = [*(field for row in rows for field in (row.name, row.left)), *asked]
    page = {**context, "fields": asked, "rows": rows, "every": every, "wrong": checked, "count": len(rows)}
    return render(request, "declarant/correct.html", page, status=422 if checked else 200)


def _context(status: Status) -> dict[str, object]:
    states = {one.status for one in status.persons}
    persons = [_shown(one, place, short=status.group) for place, one in enumerate(status.persons, 1)]
    return {
        "section": "lookup",
        "status": status,
        "persons": persons,
        "groups": _grouped(persons) if status.group else [],
        "on_record": [one for one in persons if one["status"] in ON_RECORD],
        "standing": [one for one in persons if one["status"] in STANDING],
        "has_promise": bool(states & OWED),
        "has_receipt": bool(states & ON_RECORD),
        "has_entry": any(one.status in ON_RECORD or one.replaces for one in status.persons),
        "has_none": any(one.status not in ON_RECORD and not one.replaces for one in status.persons),
        "live": "sealed" in states or any(one.replacing for one in status.persons),
        "waiting": bool(states & queries.NOT_SEALED),
        "decided_by": _decided_by(),
        "contact": settings.ENVIRONMENT.contact,
        "backup_days": settings.ENVIRONMENT.backup_days,
        "shared_until": status.accepted + SHARED_FOR,
    }


def _grouped(persons: list[dict[str, object]]) -> list[dict[str, object]]:
    """Those who stand alike together, each state told once; the most first."""
    alike = ("status", "own_wish", "void_reason", "refusal", "replacing", "sealed_by", "sealed_from")
    keys = [tuple(one[name] for name in alike) for one in persons]
    return [
        {"first": next(one for one, key in zip(persons, keys, strict=True) if key == alone), "count": count}
        | {"persons": [one for one, key in zip(persons, keys, strict=True) if key == alone]}
        for alone, count in Counter(keys).most_common()
    ]


def _shown(one: Person, place: int, *, short: bool) -> dict[str, object]:
    """`number` is what buttons say; `place`, what is read, has no gap where somebody was erased."""
    return {
        "name": one.name,
        "number": one.number,
        "place": place,
        "status": one.status,
        "index": one.index,
        "left": _left(one.organisations, short=short),
        "refusal": refusal(one.refusal),
        "own_wish": one.void_reason == SELF_VOID,
        "void_reason": _void_reason(one.void_reason),
        "replaces": one.replaces,
        "replacing": one.replacing,
        "sealed_by": one.sealed_by,
        "sealed_from": one.sealed_from,
    }


def _left(organisations: int, *, short: bool = False) -> list[str]:
    language = _language()
    return [(one.labels if short else one.full)[language] for one in reference.organisations() if one.bit & organisations]


def _void_reason(code: int) -> str:
    """The reason of a void in the reader's language; empty if it is not known."""
    known = reference.reasons().get(code)
    return known.label(_language()) if known else ""


def _decided_by() -> date:
    """The last day on which what is declared or corrected today is decided."""
    return clock.as_date(clock.today() + DECIDED_WITHIN_DAYS)


def _language() -> str:
    return get_language() or "en"


def _ask(request: HttpRequest, typed: TypedCode) -> HttpResponse:
    return render(request, "declarant/lookup.html", {"section": "lookup", "field": typed.question()}, status=typed.status)
