"""What is stored, as the privacy page says it. A test holds it against the privacy class of every field of every table.

A row about persons (`SEALED`, `DERIVED`, `SECRET`) names each of its `fields` as `app.Model.field`: every such field stands in exactly one row,
and a new one must be told to readers before it can be built. A row about anything else names `tables`, the apps whose fields of its class it
speaks of: every app and class stands in exactly one.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tuidang.kernel.privacy import PrivacyClass

Words = str | Promise
ABOUT_PERSONS = frozenset({PrivacyClass.SEALED, PrivacyClass.DERIVED, PrivacyClass.SECRET})


@dataclass(frozen=True, slots=True)
class Stored:
    """One row: what it is, how long it is kept, and what opens it."""

    kind: PrivacyClass
    what: Words
    kept: Words
    opens: Words
    fields: frozenset[str] = frozenset()
    tables: frozenset[str] = frozenset()

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


def _row(kind: PrivacyClass, covers: str, what: Words, kept: Words, opens: Words) -> Stored:
    names = frozenset(covers.split())
    about = kind in ABOUT_PERSONS
    return Stored(kind, what, kept, opens, fields=names if about else frozenset(), tables=frozenset() if about else names)


STORED = {
    "waiting": _row(
        PrivacyClass.SEALED,
        "intake.Declaration.blob intake.Declarant.blob",
        _("Your declaration: names, organisations, title, text, province or country, day, whether to publish it, and your consent"),
        _("Until it enters the public record, or for 30 days after it was refused or taken back."),
        _("A key of the day, outside the database and its backups, which is destroyed after that; with it the volunteers who decide."),
    ),
    "to publish": _row(
        PrivacyClass.SEALED,
        "review.Publication.blob review.Released.blob",
        _("A text that its declarant wishes to be published"),
        _("Until a volunteer has read it and the decision stands, at most nine days after it entered the public record."),
        _("A key of the day, as above."),
    ),
    "copies": _row(
        PrivacyClass.SEALED,
        "ledger.SealedRecord.own ledger.SealedRecord.epoch ledger.SealedText.blob ledger.TextHolder.blob ledger.Envelope.blob",
        _("After that, two copies of each person’s record"),
        _("Until you take back and erase. The key for audits is destroyed after two years."),
        _("One opens with your code alone, the other with a key for audits that is kept away from this machine."),
    ),
    "wish": _row(
        PrivacyClass.SEALED,
        "ledger.Instruction.blob",
        _("Your wish to take back"),
        _("Until it is carried out, within a week."),
        _("A key of the day, as above."),
    ),
    "objection": _row(
        PrivacyClass.SEALED,
        "review.Objection.blob",
        _("An objection, and what it says"),
        _("Until 30 days after the answer."),
        _("A key of the day; with it the volunteers who decide, and the code of the objection."),
    ),
    "newsletter": _row(
        PrivacyClass.SEALED,
        "newsletter.Subscriber.address newsletter.Wish.content newsletter.ImportProof.wording",
        _(
            "Newsletter: the e-mail address, and of imported lists where their readers agreed. In a database of its own, beside no declaration"
        ),
        _("Until you erase it or unsubscribe; three days where nobody confirmed."),
        _("A key outside the database and its backups; with it the program that sends the letters, and you by the links in them."),
    ),
    "newsletter marks": _row(
        PrivacyClass.DERIVED,
        "newsletter.Subscriber.mailbox newsletter.Suppression.mailbox newsletter.Wish.id",
        _("Newsletter: marks of addresses"),
        _(
            "As long as the address. For good after you unsubscribed, letters came back, you reported one as unwanted, or asked never to be written "
            "to; erasing ends the first two."
        ),
        _("Nothing. A secret key makes them, and they only recognise an address that comes again."),
    ),
    "newsletter choices": _row(
        PrivacyClass.INTERNAL,
        "newsletter",
        _("Newsletter: language, subjects, how often, the days of signing up and confirming, the version of the consent, the letters sent"),
        _("As long as the address; which letters were sent, for a month."),
        _("Whoever has the database. They do not say whose they are."),
    ),
    "support": _row(
        PrivacyClass.SEALED,
        "intake.SupportMessage.blob",
        _("A message of support from abroad, until a volunteer has read it: name, country, text"),
        _("For two days after it was published, or 30 days after it was not; if you take it down, no longer."),
        _("A key of the day; with it the volunteers who decide, and the code of the message."),
    ),
    "contact": _row(
        PrivacyClass.SEALED,
        "intake.ContactMessage.sealed intake.ContactMessage.answer",
        _("A message to those who run the register, and the answer"),
        _("Until 90 days after the answer; without an answer 180 days."),
        _("The message: a key of those to whom it is written, which is not on this machine. The answer: the code of the message alone."),
    ),
    "numbers": _row(
        PrivacyClass.DERIVED,
        "intake.Declaration.id intake.Declarant.declaration intake.Declarant.lookup intake.Declarant.commitment intake.Outcome.mark "
        "ledger.SealedRecord.lookup ledger.TextHolder.id ledger.Instruction.commitment review.Objection.id intake.SupportMessage.id "
        "intake.Support.message intake.ContactMessage.id intake.ContactMessage.reply_to",
        _("Numbers computed from your code or your record"),
        _("As long as what they lead to."),
        _("Your code, to find your record again. Without it they say nothing; the code itself is never stored."),
    ),
    "spent": _row(
        PrivacyClass.DERIVED,
        "intake.Spent.id intake.Spent.mark intake.Claim.id intake.Claim.opened intake.ContactMessage.mark",
        _("A mark of each form or message that was sent"),
        _("As long as it could be sent once more: for a form, two days."),
        _("Nothing. It only recognises what is sent twice."),
    ),
    "cases": _row(
        PrivacyClass.DERIVED,
        "screening.Screening.declaration screening.Screening.cluster screening.Burst.mark review.Case.declaration review.Case.cluster",
        _("Numbers under which a declaration is checked, and a mark of which texts are alike"),
        _("Until it enters the public record or is deleted; marks of texts one day."),
        _("Nothing. A secret key makes them, and after that they mean nothing."),
    ),
    "trail": _row(
        PrivacyClass.DERIVED,
        "accounts.Event.subject",
        _("What staff decided, by the number of the case"),
        _("For good."),
        _("Nothing, once the key of its day is destroyed."),
    ),
    "sign-in": _row(
        PrivacyClass.SECRET,
        "accounts.Member.password accounts.OneTimeLink.token_hash",
        _("How staff sign in"),
        _("Until it is used or runs out."),
        _("The link in the hands of that member of staff; here it is never kept in clear."),
    ),
    "about waiting": _row(
        PrivacyClass.INTERNAL,
        "intake review screening",
        _("The day, how many people a declaration names, whether it is to be published, and what was decided about it"),
        _("Until it enters the public record or is deleted. Totals by day stay, and whether a published text was let stand."),
        _("Whoever has the database."),
    ),
    "entry": _row(
        PrivacyClass.PUBLIC,
        "ledger review vault",
        _("The entry on the public record"),
        _("For good."),
        _(
            "Everyone: its number, the day on which it was entered, the organisations, how it came, how it is attested, and a region as wide "
            "as it takes for others to share it. It bears no name, and a sealed mark that only your code or receipt can explain."
        ),
    ),
    "published": _row(
        PrivacyClass.PUBLIC,
        "archive",
        _("A published declaration: name, title, text, organisations, region and day of the entry"),
        _("Until you take it back or somebody rightly objects. Copies that others made cannot be recalled."),
        _("Everyone, and only if you wished it and a volunteer has read it."),
    ),
    "newsroom": _row(
        PrivacyClass.PUBLIC,
        "newsletter newsroom",
        _(
            "News, letters of the newsletter, statements of support, stories told with consent, events, service points and what can be "
            "downloaded, with every earlier version"
        ),
        _("Until it is taken down; for those who write it, for good. Copies that others made cannot be recalled."),
        _("Everyone, once two members of staff have looked at it."),
    ),
    "support published": _row(
        PrivacyClass.PUBLIC,
        "intake",
        _("A published message of support: name, country, text and day; and the public keys of those who can be written to"),
        _("Until you take it down. Copies that others made cannot be recalled."),
        _("Everyone."),
    ),
    "staff": _row(
        PrivacyClass.STAFF,
        "accounts intake newsroom review",
        _("Volunteers and staff: a name, their tasks, what they decided and in which hour"),
        _("As long as the register is run."),
        _("Those who administer the register."),
    ),
    "counters": _row(
        PrivacyClass.INTERNAL,
        "accounts archive kernel ledger newsroom vault",
        _("Counters and numbers of keys"),
        _("As long as the register is run."),
        _("Whoever has the database. They say nothing about anyone."),
    ),
}
