"""The declaration form: what was typed, kept to the letter, and what becomes of it. Read by hand: Django's forms cost more than all the rest.

Field names are short and the same on every page, so the check page can carry them in hidden inputs: nothing is kept on the server.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.http import QueryDict

from tlog.entry import Organisations, Voice
from tuidang.intake import policies
from tuidang.intake.content import NewDeclaration, NewPerson
from tuidang.reference import pack
from tuidang.reference import queries as reference

CONSENT_VERSION = "2026-11"
KEPT = 256 * 1024
FIRST_ROWS = 4
MORE_ROWS = 4
ORGANISATIONS = {"party": Organisations.PARTY, "league": Organisations.LEAGUE, "pioneers": Organisations.PIONEERS}


@dataclass(frozen=True, slots=True)
class TypedPerson:
    """One row as typed. `left` holds names of organisations."""

    name: str = ""
    left: frozenset[str] = frozenset()

    @property
    def blank(self) -> bool:
        """Whether nothing was typed in this row."""
        return not self.name.strip() and not self.left

    @property
    def organisations(self) -> int:
        """1 to 7, 0 if none was ticked."""
        return sum(ORGANISATIONS[name] for name in self.left)


@dataclass(frozen=True, slots=True)
class Typed:
    """All that was typed. `group`: the page for several people, or for someone else."""

    group: bool
    persons: tuple[TypedPerson, ...] = field(default=(TypedPerson(),), repr=False)
    place: str = ""
    title: str = field(default="", repr=False)
    text: str = field(default="", repr=False)
    publish: bool = False
    adult: bool = False
    agreed: bool = False
    consent: bool = False

    def filled(self) -> tuple[TypedPerson, ...]:
        """The rows in which something was typed; the only row of the page for one person in any case."""
        return tuple(one for one in self.persons if not one.blank) if self.group else self.persons

    def hidden(self) -> Iterator[tuple[str, str]]:
        """Name and value of every hidden input that carries this to the next page."""
        for number, one in enumerate(self.filled(), 1):
            ending = f"_{number}" if self.group else ""
            yield f"name{ending}", one.name
            yield from ((f"left{ending}", name) for name in ORGANISATIONS if name in one.left)
        if self.group:
            yield "rows", str(len(self.filled()))
        yield "place", self.place
        yield "title", self.title
        yield "text", self.text
        yield from ((name, "on") for name in ("publish", "adult", "agreed", "consent") if getattr(self, name))

    def declaration(self, language: str) -> NewDeclaration:
        """What is handed in. Call `problems` first."""
        aliases = pack.aliases()
        persons = tuple(
            NewPerson(name=(name := policies.clean_line(one.name)), organisations=one.organisations, suggested=name in aliases)
            for one in self.filled()
        )
        return NewDeclaration(
            title=policies.clean_line(self.title),
            text=policies.clean_text(self.text),
            language=pack.SPOKEN[language],
            persons=persons,
            voice=Voice.LISTED if self.group else Voice.FIRST_HAND,
            channel=reference.channel("web"),
            region=self.region(),
            source=0,
            publish=self.publish,
            consent=CONSENT_VERSION,
        )

    def region(self) -> int:
        """The code of the place that was chosen, 0 for none or nonsense."""
        known = self.place.isascii() and self.place.isdigit() and len(self.place) < 6 and int(self.place) in reference.regions()
        return int(self.place) if known else 0

    def problems(self) -> dict[str, str]:
        """Names of what is wrong, by field: `name`, `left`, `persons`, `text`, `title`, `adult`, `agreed`, `consent`. Empty: nothing is."""
        rows = self.filled()
        found: dict[str, str] = {}
        if not rows:
            found["persons"] = "none"
        if len(rows) > policies.MOST_PERSONS:
            found["persons"] = "too_many"
        if any(not policies.clean_line(one.name) for one in rows):
            found["name"] = "empty"
        if any(len(policies.clean_line(one.name)) > policies.LONGEST_NAME for one in rows):
            found["name"] = "too_long"
        if any(not one.left for one in rows):
            found["left"] = "none"
        if len(policies.clean_line(self.title)) > policies.LONGEST_TITLE:
            found["title"] = "too_long"
        found |= self._text_problem()
        needed = ("agreed", "consent") if self.group else ("adult", "consent")
        found |= {name: "needed" for name in needed if not getattr(self, name)}
        return found

    def _text_problem(self) -> dict[str, str]:
        cleaned = policies.clean_text(self.text)
        if not cleaned:
            return {"text": "empty"}
        return {"text": "too_long"} if len(cleaned) > policies.LONGEST_TEXT else {}


def read_typed(posted: QueryDict, *, group: bool) -> Typed:
    """What was typed, from the fields of a POST; what is longer than 256 KB is cut there."""
    rows = _rows(posted) if group else (_person(posted, ""),)
    return Typed(
        group=group,
        persons=rows,
        place=posted.get("place", "")[:20],
        title=posted.get("title", "")[:KEPT],
        text=_kept(posted.get("text", "")),
        publish="publish" in posted,
        adult="adult" in posted,
        agreed="agreed" in posted,
        consent="consent" in posted,
    )


def _kept(text: str) -> str:
    return text if len(text) <= KEPT // 4 else text.encode()[:KEPT].decode("utf-8", "ignore")


def _person(posted: QueryDict, ending: str) -> TypedPerson:
    left = frozenset(ORGANISATIONS) & frozenset(posted.getlist(f"left{ending}"))
    return TypedPerson(posted.get(f"name{ending}", "")[:1000], left)


def _rows(posted: QueryDict) -> tuple[TypedPerson, ...]:
    claimed = posted.get("rows", "")
    count = int(claimed) if claimed.isascii() and claimed.isdigit() and len(claimed) < 5 else FIRST_ROWS
    # One more than allowed is enough to say that it is too many.
    return tuple(_person(posted, f"_{number}") for number in range(1, min(count, policies.MOST_PERSONS + 1) + 1))


def blank(*, group: bool) -> Typed:
    """An empty form."""
    return Typed(group=group, persons=(TypedPerson(),) * (FIRST_ROWS if group else 1))
