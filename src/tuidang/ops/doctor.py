"""`tuidang doctor`: what is wrong, and what keeps a register from being opened to the public. Each finding says what to do."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection

from tlog.errors import TlogError
from tlog.growth import read_entry
from tlog.merkle import root_of_size
from tlog.signer_client import SignerError
from tlog.tiles import TileReader
from tuidang.intake import queries as intake
from tuidang.intake.contact import queries as contact
from tuidang.intake.contact.policies import LATE_DAYS as ANSWER_DAYS
from tuidang.intake.contact.states import Role as Addressee
from tuidang.intake.mailbox import MailSettings
from tuidang.intake.support import queries as support
from tuidang.intake.support.policies import LATE_DAYS as READ_DAYS
from tuidang.kernel import clock
from tuidang.kernel.mailing import Sender, Server
from tuidang.kernel.places import places
from tuidang.ledger import adapters, queries
from tuidang.newsletter import mailings
from tuidang.newsletter import queries as newsletter
from tuidang.newsletter.states import Fate, Sending
from tuidang.newsroom import cards
from tuidang.ops import serving
from tuidang.review import queries as review
from tuidang.review.policies import OVERDUE_DAYS
from tuidang.vault import epochs

NEEDED = {
    "controller": "name who is responsible for the data",
    "contact": "name how they are reached",
    "jurisdiction": "name the law that applies",
    "source": "say where the source of the running program is to be had, changes included, as its licence demands",
}
MOST_COUNTED = 1000
OBJECTIONS = "/staff/objections/"
SUPPORT = "/staff/review/messages/"
CONTACT = "/staff/contact/"
LETTERS = "/staff/newsletter/"
CARD_SIZE = 34
SILENT = {
    "log_statement": "none",
    "log_min_duration_statement": "-1",
    "log_min_duration_sample": "-1",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}
"""Settings under which PostgreSQL's own log holds no statement with what was handed in."""


@dataclass(frozen=True, slots=True)
class Finding:
    """`level`: `fault` (something is broken), `closed` (keeps intake closed to the public), `note`."""

    level: str
    text: str


def findings() -> list[Finding]:
    """All there is to say, faults first."""
    order = ("fault", "closed", "note")
    return sorted(
        [*_ledger(), *_keys(), *_database(), *_promises(), *_objections(), *_messages(), *_mail(), *_newsletter(), *_cards(), *_public()],
        key=lambda one: order.index(one.level),
    )


def _ledger() -> Iterator[Finding]:
    head = adapters.head()
    try:
        lock = adapters.signer().status()
    except SignerError as error:
        if serving.is_served():
            yield Finding("fault", f"{error}; stop the register and start it again with `./run`")
        else:
            yield Finding("note", "it is stopped: `./run` starts site and signer. What the signer remembers was not compared")
    else:
        if (lock.lock.size, lock.lock.root) != (head.size, head.root):
            yield Finding(
                "fault",
                f"the signer's lock is at {lock.lock.size:,} entries, the tables at {head.size:,}; `tuidang seal --now` recovers or says why not",
            )
        if lock.stopped:
            yield Finding("fault", f"the signer has stopped: {lock.stopped}; check the clock, then run `tlog-signer confirm`")
    if head.size == 0:
        yield Finding("closed", "nothing is sealed yet; `tuidang run` seals the first entries")
        return
    yield from _files(head)
    snapshot = queries.snapshot().totals.count
    summed = queries.count_from_tables()["count"]
    if snapshot != summed:
        yield Finding("fault", f"the tables contradict each other: {snapshot:,} and {summed:,}")
    yield Finding("note", "there is no witness: a rollback of the whole machine would go unseen by newcomers")


def _files(head: adapters.Head) -> Iterator[Finding]:
    store = adapters.store()
    try:
        shown = adapters.published()
        root = root_of_size(head.size, TileReader(store, head.size))
        read_entry(store, head.size - 1, head.size)
    except TlogError as error:
        yield Finding("fault", f"the ledger's files are damaged: {error}; bring them from a mirror")
        return
    if shown is None or shown.checkpoint.size < head.size:
        yield Finding("fault", "the published checkpoint is older than the tables; `tuidang seal --now` publishes it")
    if root != head.root:
        yield Finding("fault", "the ledger's tiles do not lead to the root in the tables; bring them from a mirror")


def _keys() -> Iterator[Finding]:
    at = places()
    private = sorted(path.name for path in at.offline.glob("epoch-*")) if at.offline.exists() else []
    if private:
        yield Finding(
            "closed",
            f"{at.offline.name} holds {len(private)} keys that open sealed records: move the folder to a medium that is kept elsewhere",
        )
    this_quarter = epochs.epoch_name(clock.today())
    if sum(name >= this_quarter for name, _ in epochs.public_epochs()) < 2:
        yield Finding("closed", "no audit keys are made ahead for the next quarter; run `tuidang keys epochs`, then move them away")
    if os.access(at.signer / "log.key", os.R_OK):
        yield Finding(
            "note", "the site can read the log key: let the signer run as a user of its own, or a taken-over site can sign what it likes"
        )
    if unreadable := intake.unreadable(MOST_COUNTED):
        yield Finding(
            "fault",
            f"what was handed in for {_many(unreadable)} persons cannot be read and will not be sealed: its day key is not in {at.keys.name}. If "
            f"{at.keys.name} was taken away, bring it back; after the return of an older copy of {at.data.name} nothing can",
        )
    for folder in (at.keys, at.signer):
        if folder.exists() and folder.stat().st_mode & 0o077:
            yield Finding("fault", f"others can read {folder.name}; run `chmod 700` on it")


def _promises() -> Iterator[Finding]:
    if late := review.overdue(MOST_COUNTED):
        yield Finding(
            "fault", f"{_many(late)} declarations wait for a decision since {OVERDUE_DAYS} days: their promise ends; have them read today"
        )


def _objections() -> Iterator[Finding]:
    late = review.late_objections(MOST_COUNTED)
    if late.visible:
        yield Finding(
            "fault",
            f"{_many(late.visible)} objections came beyond the limit of their day, and what they are about can still be seen, although it is "
            f"to be hidden within 24 hours; have a reviewer decide them now on {OBJECTIONS}, where they stand first",
        )
    if late.others:
        yield Finding(
            "fault",
            f"{_many(late.others)} objections wait for a person for more than 24 hours; have a reviewer decide them on {OBJECTIONS}",
        )


def _messages() -> Iterator[Finding]:
    if late := support.late(MOST_COUNTED):
        yield Finding(
            "fault",
            f"{_many(late)} messages of support wait to be read for more than {READ_DAYS} days; have a reviewer read them on {SUPPORT}",
        )
    if late := contact.late(MOST_COUNTED):
        yield Finding("fault", f"{_many(late)} messages wait for an answer for more than {ANSWER_DAYS} days; they are listed on {CONTACT}")
    reachable = contact.reachable()
    if without := [role.value for role in Addressee if role not in reachable]:
        yield Finding(
            "note",
            f"nobody can write to: {', '.join(without)}; where they read, run `tuidang contact new-key ROLE --out FILE`, "
            "and here `tuidang contact key ROLE --public FILE.pub`",
        )


def _many(count: int) -> str:
    return f"{count:,}" if count < MOST_COUNTED else f"{MOST_COUNTED:,} or more"


def _database() -> Iterator[Finding]:
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", [list(SILENT)])
        loud = [f"{name} = {SILENT[name]}" for name, setting in sorted(cursor.fetchall()) if setting != SILENT[name]]
    if loud:
        yield Finding("note", f"PostgreSQL's log may hold what people hand in; set {', '.join(loud)}")


def _mail() -> Iterator[Finding]:
    mail: MailSettings | None = settings.ENVIRONMENT.mail
    if mail is None:
        return
    yield Finding(
        "note", "declaring by e-mail is on: whoever runs a mailbox can read what is sent there; docs/email.md says what to turn off"
    )
    if mail.maildir and not (Path(mail.maildir) / "new").is_dir():
        yield Finding("fault", "TUIDANG_MAILDIR is no Maildir: there is no folder `new` in it")
    for name, server in (("IMAP", mail.imap), ("SMTP", mail.smtp)):
        yield from _password(name, server)


def _password(name: str, server: Server | None) -> Iterator[Finding]:
    if server is None or not server.user:
        return
    file = Path(server.password_file)
    if not os.access(file, os.R_OK):
        yield Finding("fault", f"the file that TUIDANG_{name}_PASSWORD_FILE names cannot be read")
    elif file.stat().st_mode & 0o077:
        yield Finding("closed", f"others can read the file that TUIDANG_{name}_PASSWORD_FILE names; run `chmod 600` on it")


def _newsletter() -> Iterator[Finding]:
    sender: Sender | None = settings.ENVIRONMENT.newsletter
    if sender is None:
        yield Finding("note", "the newsletter is off: TUIDANG_NEWSLETTER_FROM is not set; docs/newsletter.md says how to set it up")
        return
    mail: MailSettings | None = settings.ENVIRONMENT.mail
    if mail is None or mail.smtp != sender.smtp:
        yield from _password(sender.variable, sender.smtp)
    yield from _password("NEWSLETTER_RETURNS_IMAP", sender.returns_imap)
    if sender.returns_maildir and not (Path(sender.returns_maildir) / "new").is_dir():
        yield Finding("fault", "TUIDANG_NEWSLETTER_RETURNS_MAILDIR is no Maildir: there is no folder `new` in it")
    if not sender.returns:
        yield Finding(
            "note",
            "nothing is set up to read what comes back: mailboxes that are gone are written to for ever (TUIDANG_NEWSLETTER_RETURNS)",
        )
    standing = newsletter.standing()
    if standing.key_missing:
        yield Finding(
            "fault",
            f"the newsletter's readers cannot be read: its key is not in {places().keys.name}. If {places().keys.name} was taken away, bring it back",
        )
    if standing.late:
        yield Finding(
            "fault", "people who signed up for the newsletter wait for their letter since yesterday; see that the mail server takes mail"
        )
    if standing.unsigned:
        yield Finding(
            "note",
            "the newsletter's letters are not signed: large providers hide their button to unsubscribe, and may take letters for spam; run "
            "`tuidang newsletter dkim` and put the record that it prints into the DNS",
        )
    yield from _mailings()
    if connection.vendor == "postgresql" and not settings.ENVIRONMENT.newsletter_database_url:
        name = places().newsletter.name
        yield Finding(
            "note", f"the newsletter's readers are in {name}; for several machines name a database in TUIDANG_NEWSLETTER_DATABASE_URL"
        )


def _mailings() -> Iterator[Finding]:
    """Of the last letters: those that wait for an editor."""
    standings = mailings.standings()
    if paused := sum(one.sending is Sending.PAUSED for one in standings):
        yield Finding("note", f"{paused} letters of the newsletter are paused, by an editor or because servers refused it; see {LETTERS}")
    if unknown := sum(one.figures.get(Fate.UNKNOWN.name, 0) for one in standings):
        yield Finding(
            "note",
            f"of {unknown:,} letters of the newsletter nobody can know whether they were sent, since sending broke off; an editor can have them "
            f"sent again on {LETTERS}",
        )


def _cards() -> Iterator[Finding]:
    if cards.font("zh-hans", CARD_SIZE) is None:
        yield Finding(
            "note",
            "share cards of Chinese pages bear no words, for no font here has them: on Debian `apt-get install fonts-noto-cjk`, then delete "
            f"{places().media.name}/card-*.png and start again",
        )


def _public() -> Iterator[Finding]:
    if not settings.ENVIRONMENT.hosts:
        yield Finding("note", "a trial: no public hosts are named in TUIDANG_HOSTS")
    else:
        if adapters.verifier().name.startswith("localhost/"):
            yield Finding("closed", "this ledger is a trial's and never becomes a public one; start with an empty data folder")
        for name, what in NEEDED.items():
            if not getattr(settings.ENVIRONMENT, name):
                yield Finding("closed", f"{what}: set TUIDANG_{name.upper()}")
    if settings.DEBUG:
        yield Finding("closed", "TUIDANG_DEBUG is set; unset it")
