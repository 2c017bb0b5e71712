"""The declaration form: what was typed, kept to the letter, and what becomes of it. Read by hand: Django's forms cost more than all the rest.

Field names are short and the same on every page, so the check page can carry them in hidden inputs: nothing is kept on the server.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache

from django.http import QueryDict

from tlog.entry import Organisations, Voice
from tuidang.intake import policies
from tuidang.intake.content import NewDeclaration, NewPerson
from tuidang.reference import pack
from tuidang.reference import queries as reference

CONSENT_VERSION = "2026-11-22"
KEPT = 256 * 1024
FIRST_ROWS = 5
MORE_ROWS = 5
NOT_DECODED = "\N{REPLACEMENT CHARACTER}"
"""What stands where bytes were no UTF-8."""
ORGANISATIONS = {"party": Organisations.PARTY, "league": Organisations.LEAGUE, "pioneers": Organisations.PIONEERS}


@dataclass(frozen=True, slots=True)
class TypedPerson:
    """One row as typed. `left` holds names of organisations; `child`: under 16, listed by a parent."""

    name: str = ""
    left: frozenset[str] = frozenset()
    child: bool = False

    @property
    def blank(self) -> bool:
        """Whether nothing was typed in this row."""
        return not self.name.strip() and not self.left and not self.child

    @property
    def organisations(self) -> int:
        """1 to 7, 0 if none was ticked."""
        return sum(ORGANISATIONS[name] for name in self.left)

    def problems(self) -> dict[str, str]:
        """What is wrong in this row, by field: `name` (`empty`, `too_long`, `unreadable`, `dead`), `left` (`none`)."""
        name = policies.clean_line(self.name)
        found = {} if self.left else {"left": "none"}
        if not name:
            found["name"] = "empty"
        elif NOT_DECODED in name:
            found["name"] = "unreadable"
        elif len(name) > policies.LONGEST_NAME:
            found["name"] = "too_long"
        elif policies.names_the_dead(name):
            found["name"] = "dead"
        return found


@dataclass(frozen=True, slots=True)
class Typed:
    """All that was typed. `group`: the page for several people, or for someone else. `several`: names, of which each is borne by several."""

    group: bool
    persons: tuple[TypedPerson, ...] = field(default=(TypedPerson(),), repr=False)
    place: str = ""
    title: str = field(default="", repr=False)
    text: str = field(default="", repr=False)
    publish: bool = False
    adult: bool = False
    agreed: bool = False
    consent: bool = False
    several: frozenset[str] = field(default=frozenset(), repr=False)

    def filled(self) -> tuple[TypedPerson, ...]:
        """The rows in which something was typed; the only row of the page for one person in any case."""
        return tuple(one for one in self.persons if not one.blank) if self.group else self.persons

    def hidden(self) -> Iterator[tuple[str, str]]:
        """Name and value of every hidden input that carries this to the next page."""
        for number, one in enumerate(self.filled(), 1):
            ending = f"_{number}" if self.group else ""
            yield f"name{ending}", one.name
            yield from ((f"left{ending}", name) for name in ORGANISATIONS if name in one.left)
            if one.child:
                yield f"child{ending}", "on"
        if self.group:
            yield "rows", str(len(self.filled()))
            yield from (("several", name) for name in sorted(self.several))
        yield "place", self.place
        yield "title", self.title
        yield "text", self.text
        yield from ((name, "on") for name in ("publish", "adult", "agreed", "consent") if getattr(self, name))

    def declaration(self, language: str) -> NewDeclaration:
        """What is handed in. Call `problems` first."""
        aliases = pack.aliases()
        persons = tuple(
            # A child's name is an invented one too, but no name of a child is published.
            NewPerson(
                name=(name := policies.clean_line(one.name)), organisations=one.organisations, suggested=name in aliases and not one.child
            )
            for one in self.filled()
        )
        return NewDeclaration(
            title=policies.clean_line(self.title),
            text=self.final_text(),
            language=pack.SPOKEN[language],
            persons=persons,
            voice=Voice.LISTED if self.group else Voice.FIRST_HAND,
            channel=reference.channel("web"),
            region=self.region(),
            source=0,
            publish=self.published,
            consent=CONSENT_VERSION,
        )

    @property
    def published(self) -> bool:
        """Whether it may be published: wished, and about someone who is no child."""
        return self.publish and not all(one.child for one in self.filled())

    def final_text(self) -> str:
        """The text as it is declared: a ready sentence names the organisations that were ticked. Call `problems` first."""
        ticked = sum({ORGANISATIONS[name] for one in self.filled() for name in one.left})
        return pack.with_official_names(policies.clean_text(self.text), ticked) if ticked else policies.clean_text(self.text)

    def region(self) -> int:
        """The code of the place that was written, 0 for none or one that is not known. What was written is not kept."""
        return reference.match_place(self.place)

    def problems(self) -> dict[str, str]:
        """Names of what is wrong, by field: `name`, `left`, `persons`, `text`, `title`, `adult`, `agreed`, `consent`. Empty: nothing is."""
        rows = self.filled()
        found: dict[str, str] = {}
        if not rows:
            found["persons"] = "none"
        if len(rows) > policies.MOST_PERSONS:
            found["persons"] = "too_many"
        for one in rows:
            found |= one.problems()
        if self.names_twice():
            found["name"] = "twice"
        found |= _length_problem("title", policies.clean_line(self.title), policies.LONGEST_TITLE)
        text = self.final_text()
        found |= _length_problem("text", text, policies.LONGEST_TEXT) if text else {"text": "empty"}
        needed = ("agreed", "consent") if self.group else ("adult", "consent")
        found |= {name: "needed" for name in needed if not getattr(self, name)}
        return found

    def with_more_rows(self) -> Typed:
        """Room for a few more people, up to as many as a declaration may name."""
        more = min(MORE_ROWS, policies.MOST_PERSONS - len(self.persons))
        return replace(self, persons=(*self.persons, *[TypedPerson()] * more))

    def names_twice(self) -> frozenset[str]:
        """Names that stand in several rows, as they are compared, but for those that were shown to the person before."""
        counted = Counter(policies.folded(one.name) for one in self.filled()) if self.group else Counter()
        return frozenset(name for name, times in counted.items() if name and times > 1) - self.several

    def with_alias(self, language: str) -> Typed:
        """Another suggested name for the one person; in a group, a suggested name in each row that says what is left but not by whom."""
        if not self.group:
            one = self.persons[0]
            return replace(self, persons=(replace(one, name=pack.suggested_alias(language, {one.name})),))
        return self._named(language, lambda one: bool(one.left) and not one.name.strip())

    def with_invented_children(self, language: str, number: int | None = None) -> Typed:
        """A suggested name in place of any other in the rows of children, but where it says that the child is dead.

        Which one is decided by chance, or by `number`: then the same rows get the same names each time.
        """
        aliases = pack.aliases()

        def lacks(one: TypedPerson) -> bool:
            name = policies.clean_line(one.name)
            return one.child and name not in aliases and not policies.names_the_dead(name)

        return self._named(language, lacks, number)

    def with_names_of(self, typed: Typed) -> Typed:
        """This with the names that were typed, wherever one was. `typed` has the same rows."""
        pairs = zip(self.persons, typed.persons, strict=True)
        return replace(self, persons=tuple(replace(one, name=before.name) if before.name.strip() else one for one, before in pairs))

    def _named(self, language: str, lacks: Callable[[TypedPerson], bool], number: int | None = None) -> Typed:
        """A suggested name that stands nowhere else in each row that lacks one."""
        taken = {name for one in self.persons for name in _spelled(one.name)}
        named = []
        for one in self.persons:
            name = pack.suggested_alias(language, taken, number) if lacks(one) else one.name
            taken.update(_spelled(name))
            named.append(replace(one, name=name))
        return replace(self, persons=tuple(named))

    def with_next_sentence(self, language: str) -> Typed:
        """The next ready sentence in place of the one that the text begins with; what a person wrote stays, below it."""
        ready = pack.sentences(language, group=self.group)
        text = self.text.lstrip()
        at = next((number for number, sentence in enumerate(ready) if text.startswith(sentence)), None)
        rest = text if at is None else text[len(ready[at]) :]
        sentence = ready[0 if at is None else (at + 1) % len(ready)]
        return replace(self, text=sentence + (f"\n\n{rest}" if at is None and rest else rest))


def _spelled(name: str) -> tuple[str, ...]:
    """The suggested names that are this one, in either Chinese script."""
    return _aliases_by_name().get(policies.folded(policies.clean_line(name)), ())


@cache
def _aliases_by_name() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for alias in sorted(pack.aliases()):
        found[policies.folded(alias)] = (*found.get(policies.folded(alias), ()), alias)
    return found


def _length_problem(name: str, cleaned: str, most: int) -> dict[str, str]:
    if NOT_DECODED in cleaned:
        return {name: "unreadable"}
    return {name: "too_long"} if len(cleaned) > most else {}


def read_typed(posted: QueryDict, *, group: bool) -> Typed:
    """What was typed, from the fields of a POST, but for NULs, which no page can show; what is longer than 256 KB is cut there."""
    rows = _rows(posted) if group else (_person(posted, ""),)
    return Typed(
        group=group,
        persons=rows,
        place=_line(posted, "place"),
        title=_line(posted, "title"),
        text=_kept(posted.get("text", "").replace("\0", "")),
        publish="publish" in posted,
        adult="adult" in posted,
        agreed="agreed" in posted,
        consent="consent" in posted,
        several=frozenset(policies.folded(name[: policies.LONGEST_NAME]) for name in posted.getlist("several")[: policies.MOST_PERSONS])
        if group
        else frozenset(),
    )


def _line(posted: QueryDict, name: str) -> str:
    return posted.get(name, "").replace("\0", "")[: KEPT // 4]


def _kept(text: str) -> str:
    return text if len(text) <= KEPT // 4 else text.encode()[:KEPT].decode("utf-8", "ignore")


def _person(posted: QueryDict, ending: str) -> TypedPerson:
    left = frozenset(ORGANISATIONS) & frozenset(posted.getlist(f"left{ending}"))
    return TypedPerson(_line(posted, f"name{ending}"), left, child=bool(ending) and f"child{ending}" in posted)


def _rows(posted: QueryDict) -> tuple[TypedPerson, ...]:
    claimed = posted.get("rows", "")
    count = int(claimed) if claimed.isascii() and claimed.isdigit() and len(claimed) < 5 else FIRST_ROWS
    # One more than allowed is enough to say that it is too many.
    return tuple(_person(posted, f"_{number}") for number in range(1, min(count, policies.MOST_PERSONS + 1) + 1))


def blank(language: str, *, group: bool) -> Typed:
    """A fresh form: a suggested name for one person, empty rows for several, and the first ready sentence."""
    persons = (TypedPerson(),) * FIRST_ROWS if group else (TypedPerson(pack.suggested_alias(language)),)
    return Typed(group=group, persons=persons, text=pack.sentences(language, group=group)[0])
