"""What is stored, as the privacy page says it. A test holds it against the privacy class of every field of every table.

`tables` names the apps whose fields of class `kind` a line speaks of: every app and class stands in exactly one line.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tuidang.kernel.privacy import PrivacyClass

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Stored:
    """One line: what it is, and how and until when it is kept."""

    kind: PrivacyClass
    tables: frozenset[str]
    what: Words
    kept: Words

    @property
    def how(self) -> Words:
        """The privacy class in a word."""
        return KINDS[self.kind]


KINDS: dict[PrivacyClass, Words] = {
    PrivacyClass.SEALED: _("Encrypted"),
    PrivacyClass.DERIVED: _("One-way"),
    PrivacyClass.INTERNAL: _("Internal"),
    PrivacyClass.PUBLIC: _("Public"),
    PrivacyClass.STAFF: _("Staff"),
    PrivacyClass.SECRET: _("Hashed"),
}


def _line(kind: PrivacyClass, tables: str, what: Words, kept: Words) -> Stored:
    return Stored(kind, frozenset(tables.split()), what, kept)


STORED = (
    _line(
        PrivacyClass.SEALED,
        "intake review",
        _("Your declaration: names, organisations, title, text, province or country, day, whether to publish it, and your consent"),
        _(
            "Under a key of the day that lies outside the database and its backups. Until it enters the public record, or for 30 days after "
            "it was refused; a text to be published, until a volunteer has read it, at most seven days longer. Then that key is destroyed."
        ),
    ),
    _line(
        PrivacyClass.SEALED,
        "ledger",
        _("After that, two copies of each person’s record"),
        _(
            "One opens with your code alone, the other with a key for audits that is kept away from this machine and destroyed after two "
            "years. A wish to take back waits under a key of the day until it is carried out."
        ),
    ),
    _line(
        PrivacyClass.DERIVED,
        "accounts intake ledger review screening",
        _("Numbers computed from your code, or with a secret key"),
        _(
            "They find your record again, recognise what is sent twice, and name a case in the list of decisions. Without the code or the "
            "key they say nothing. The code itself is never stored."
        ),
    ),
    _line(
        PrivacyClass.INTERNAL,
        "intake review screening",
        _("The day, how many people a declaration names, whether it is to be published, and what was decided about it"),
        _("Until it enters the public record or is deleted. Totals by day stay."),
    ),
    _line(
        PrivacyClass.PUBLIC,
        "ledger review vault",
        _("The entry on the public record"),
        _(
            "For good: its number, the day on which it was entered, the organisations, how it came, how it is attested, and a region as "
            "wide as it takes for others to share it. It bears no name, and a sealed mark that only your code or receipt can explain."
        ),
    ),
    _line(
        PrivacyClass.PUBLIC,
        "archive",
        _("A published declaration: name, title, text, organisations, region and day of the entry"),
        _("Only if you wished it and a volunteer has read it; until you take it back. Copies that others made cannot be recalled."),
    ),
    _line(
        PrivacyClass.STAFF,
        "accounts review",
        _("Volunteers and staff: a name, their tasks, what they decided and in which hour"),
        _(
            "Seen by those who administer the register. Decisions name a case by a number that means nothing once the key of its day is gone."
        ),
    ),
    _line(
        PrivacyClass.SECRET,
        "accounts",
        _("How staff sign in"),
        _("Links that work once, never in clear."),
    ),
    _line(
        PrivacyClass.INTERNAL,
        "accounts archive kernel ledger vault",
        _("Counters and numbers of keys"),
        _("They say nothing about anyone."),
    ),
)
