"""Every write of intake. Start reading the product here: `accept` is where a declaration begins.

An acknowledgement follows the durable commit and nothing else. Content reaches the database only under a day key.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from hashlib import sha256
from uuid import UUID

import msgspec
from django.db import DatabaseError, IntegrityError, InterfaceError, connection, transaction
from django.db.models import F

from tlog.commitment import PublicPart, Record, Rest, statement_hash
from tlog.promise import Outcome as Verdict
from tuidang.intake.adapters import KeyDiedError, NewRows, mark_answered_twice, native, store
from tuidang.intake.content import Accepted, NewDeclaration, NewPerson, PendingDeclaration, PendingPerson, Person, Statement
from tuidang.intake.models import ERASED, Claim, Declarant, DeclarantState, Declaration, DeclarationState, Outcome, Spent, Tally
from tuidang.intake.policies import check, with_placeholders
from tuidang.intake.support import actions as support
from tuidang.kernel import clock
from tuidang.kernel.errors import BusyError, DamagedError
from tuidang.kernel.randomness import Draw, random_id
from tuidang.kernel.writer import write
from tuidang.vault import daykeys, mailkeys
from tuidang.vault.codes import Code
from tuidang.vault.formkeys import TOKEN_HOURS

LISTED = 2
KEPT_DAYS = 30
CHUNK = 500
RANDOM_BYTES = 92
"""What one person needs: two salts, a promise, a nonce. A statement needs less."""
_TRIES = 3


def accept(*, declaration: NewDeclaration, code: Code, earlier: Code | None = None) -> Accepted:
    """Takes `declaration` in under `code`, durably, once.

    The same code with the same content again is the same declaration, sealed meanwhile or not; with other content nothing is stored.
    `earlier` is the code that the same request would have got before: it is looked for, and taken too, in the same transaction.
    Raises InvalidInputError (nothing stored), BusyError (perhaps stored: asking again with the same code is right and harmless).
    """
    check(declaration)
    for _ in range(_TRIES):
        try:
            rows = _rows(declaration, code, earlier)
            found = store(rows)
        except (KeyDiedError, IntegrityError, DamagedError):
            daykeys.forget()
            continue
        except (DatabaseError, InterfaceError):
            # The database went away, perhaps after its commit: under the same code a second try finds what the first one stored.
            connection.close()
            continue
        except OSError:
            break  # a disk that is full now is full a moment later
        if found is None:
            return Accepted("new", len(declaration.persons))
        if found.under == "this":
            return Accepted("same" if found.mark == rows.mark else "other_content", len(declaration.persons))
        return Accepted("earlier" if found.under == "earlier" else "later", len(declaration.persons))
    raise BusyError("neither database nor disk took it")


def note_second_answer(*, code: Code) -> None:
    """Notes that the same code was answered to a second request: perhaps to another person who typed the same.

    Sealing takes the note along. A note that comes after sealing is known as long as the token is, two days (`was_answered_twice`): then the
    sealed record, which only its code opens, says nothing of it. For the same reason it is known of the code that was answered alone, and
    not of the members' codes that a group's holder derives from it.
    """
    declaration = code.declaration_id()
    write(lambda: mark_answered_twice(declaration))


def _rows(new: NewDeclaration, code: Code, earlier: Code | None) -> NewRows:
    key, keys = daykeys.remembered_key(), code.keys()
    draw = Draw(RANDOM_BYTES * (1 + len(new.persons)))
    statement = _statement(new, draw)
    persons = []
    digest = statement_hash(statement.title, statement.text)
    for seq, one in enumerate(new.persons, 1):
        own, own_keys = (code, keys) if new.voice != LISTED else ((member := code.member(seq)), member.keys())
        person = _person(own, one, own_keys.record_key, draw)
        blob = key.encrypt(msgspec.json.encode(person), own_keys.lookup.bytes, draw)
        persons.append((seq, own_keys.lookup, _record(statement, person, digest).commitment, blob))
    return NewRows(
        id=keys.declaration,
        earlier=None if earlier is None else earlier.declaration_id(),
        mark=code.content_mark(new.content()),
        expires=clock.hour() + TOKEN_HOURS + 1,
        key=key.id,
        day=statement.day,
        blob=key.encrypt(msgspec.json.encode(statement), keys.declaration.bytes, draw),
        declarants=persons,
    )


def _person(own: Code, one: NewPerson, record_key: bytes, draw: Draw) -> Person:
    """A declarant with new salts and a new promise."""
    salt_p = draw.take(32)
    return Person(
        name=one.name,
        suggested=one.suggested,
        organisations=one.organisations,
        salt_p=salt_p,
        salt_q=draw.take(32),
        void_hash=sha256(own.void_key(salt_p)).digest(),
        record_key=record_key,
        promise=draw.take(16),
    )


def _statement(new: NewDeclaration, draw: Draw) -> Statement:
    names = [person.name for person in new.persons] if new.voice == LISTED else []
    return Statement(
        title=with_placeholders(new.title, names) if names else new.title,
        text=with_placeholders(new.text, names) if names else new.text,
        language=new.language,
        voice=new.voice,
        channel=new.channel,
        region=new.region,
        source=new.source,
        day=clock.today(),
        publish=new.publish,
        consent=new.consent,
        text_id=draw.take(16),
        text_key=draw.take(32),
    )


def record_of(statement: Statement, person: Person) -> Record:
    """The record that a declarant's commitment is made of."""
    return _record(statement, person, statement_hash(statement.title, statement.text))


def _record(statement: Statement, person: Person, digest: bytes) -> Record:
    return Record(
        public=PublicPart(language=statement.language, name=person.name, organisations=person.organisations, statement=digest.hex()),
        rest=Rest(channel=statement.channel, day=statement.day, region=statement.region, source=statement.source, voice=statement.voice),
        salt_p=person.salt_p,
        salt_q=person.salt_q,
        void_hash=person.void_hash,
    )


@transaction.atomic
def hand_on(*, screened: list[PendingDeclaration]) -> None:
    """Marks declarations as screened, and adds each once to its day's tally. Within the caller's transaction if there is one."""
    ids = [one.id for one in screened]
    still_new = set(Declaration.objects.filter(id__in=ids, state=DeclarationState.NEW).select_for_update().values_list("id", flat=True))
    Declaration.objects.filter(id__in=still_new).update(state=DeclarationState.SCREENED)
    declarations: Counter[tuple[int, int]] = Counter()
    persons: Counter[tuple[int, int]] = Counter()
    for one in screened:
        if one.id in still_new and not one.statement.tallied:
            cell = (one.statement.day, one.statement.channel)
            declarations[cell] += 1
            persons[cell] += len(one.persons)
    for (day, channel), count in sorted(declarations.items()):  # in one order: nobody waits for who waits for them
        _tally(day, channel, declarations=count, persons=persons[day, channel])


def _tally(day: int, channel: int, **more: int) -> None:
    Tally.objects.bulk_create([Tally(day=day, channel=channel, declarations=0, persons=0)], ignore_conflicts=True)
    Tally.objects.filter(day=day, channel=channel).update(**{name: F(name) + count for name, count in more.items()})


def lock(*, declarations: list[UUID]) -> None:
    """Holds these declarations for the rest of the transaction: a wish and the row move of the same declaration come one after the other."""
    every = sorted(set(declarations))
    for at in range(0, len(every), CHUNK):
        list(Declaration.objects.select_for_update().filter(id__in=every[at : at + CHUNK]).order_by("id").values_list("id"))


@transaction.atomic
def refuse(*, declarations: list[PendingDeclaration]) -> None:
    """Review refused these: they will not be sealed, and their promises are answered in the next list of outcomes.

    All at once, because the day's tally is the row that everybody wants: it comes last.
    """
    _settle([person for one in declarations for person in one.persons], DeclarantState.REFUSED, Verdict.REFUSED)


@transaction.atomic
def take_back(*, persons: list[PendingPerson], listed: bool = False) -> list[PendingPerson]:
    """At the wish of a holder of the code, before sealing. Returns those this changed: taking back twice is the same as once.

    `listed`: a public list of outcomes says so already.
    """
    return _settle(persons, DeclarantState.TAKEN_BACK, None if listed else Verdict.TAKEN_BACK)


@transaction.atomic
def correct(*, declaration: PendingDeclaration, statement: Statement, persons: list[tuple[Code, PendingPerson, NewPerson]]) -> None:
    """Puts `statement` and these persons, each with their own code, in the place of what is there: new salts, promises, commitments.

    The promises of before are superseded in the next list of outcomes. It is new, and to be screened and decided again. The caller holds it.
    """
    key, draw = daykeys.current_key(), Draw(RANDOM_BYTES * len(persons))
    rows = Declaration.objects.filter(id=declaration.id)
    handed_on = rows.filter(state=DeclarationState.SCREENED).exists()
    statement = msgspec.structs.replace(statement, tallied=handed_on or declaration.statement.tallied)
    blob = key.encrypt(msgspec.json.encode(statement), declaration.id.bytes, draw)
    rows.update(state=DeclarationState.NEW, key_id=key.id, blob=blob)
    for own, one, new in persons:
        person = _person(own, new, one.person.record_key, draw)
        commitment = record_of(statement, person).commitment
        blob = key.encrypt(msgspec.json.encode(person), one.lookup.bytes, draw)
        Declarant.objects.filter(declaration_id=one.declaration, seq=one.seq).update(commitment=commitment, key_id=key.id, blob=blob)
        Outcome.objects.create(id=random_id(), mark=Verdict.SUPERSEDED.hash(one.person.promise))


@transaction.atomic
def succeed(*, declaration: UUID, statement: Statement, persons: Sequence[tuple[Code, int, NewPerson]]) -> None:
    """Takes in what stands for entries that are voided before: a declaration of these persons, each under a successor of their code.

    With the code goes their place in the statement.
    """
    key, draw = daykeys.current_key(), Draw(RANDOM_BYTES * (1 + len(persons)))
    blob = key.encrypt(msgspec.json.encode(statement), declaration.bytes, draw)
    Declaration.objects.create(id=declaration, key_id=key.id, day=statement.day, persons=len(persons), blob=blob)
    rows = []
    for code, seq, new in persons:
        keys = code.keys()
        person = _person(code, new, keys.record_key, draw)
        blob = key.encrypt(msgspec.json.encode(person), keys.lookup.bytes, draw)
        commitment = record_of(statement, person).commitment
        rows.append(Declarant(declaration_id=declaration, seq=seq, lookup=keys.lookup, commitment=commitment, key_id=key.id, blob=blob))
    Declarant.objects.bulk_create(rows)


@transaction.atomic
def wish(*, declaration: PendingDeclaration, publish: bool) -> None:
    """Notes whether its declarant wishes it published. The caller holds it."""
    _put(declaration, msgspec.structs.replace(declaration.statement, publish=publish))


@transaction.atomic
def delay(*, declaration: PendingDeclaration, sealed_from: int) -> None:
    """It is not sealed before that day. The caller holds it."""
    later = max(sealed_from, declaration.statement.sealed_from)
    _put(declaration, msgspec.structs.replace(declaration.statement, sealed_from=later))


def _put(declaration: PendingDeclaration, statement: Statement) -> None:
    key = daykeys.current_key()
    blob = key.encrypt(msgspec.json.encode(statement), declaration.id.bytes)
    Declaration.objects.filter(id=declaration.id).update(key_id=key.id, blob=blob)


@transaction.atomic
def erase(*, declaration: PendingDeclaration, persons: list[PendingPerson]) -> bool:
    """Removes these persons of `declaration`, whatever became of them; returns whether nobody of it is left.

    Whom nobody has screened yet is tallied as accepted now: it was tallied as taken back.
    """
    new = Declaration.objects.filter(id=declaration.id, state=DeclarationState.NEW).exists()
    untold = new and not declaration.statement.tallied
    gone = declaration.id in remove_declarants(persons=[(one.declaration, one.seq) for one in persons])
    if untold:
        told = declaration.statement
        _tally(told.day, told.channel, declarations=int(gone), persons=len(persons))
    return gone


def _settle(persons: list[PendingPerson], state: DeclarantState, verdict: Verdict | None) -> list[PendingPerson]:
    settled = []
    for one in persons:
        standing = Declarant.objects.filter(declaration_id=one.declaration, seq=one.seq, state=DeclarantState.STANDS)
        if standing.update(state=state):
            if verdict is not None:
                Outcome.objects.create(id=random_id(), mark=verdict.hash(one.person.promise))
            settled.append(one)
    if settled:
        _tally(clock.today(), 0, settled=len(settled))
    return settled


def sealed_all_the_same(*, persons: int) -> None:
    """So many who were tallied as settled are in the ledger nonetheless. Inside the row move."""
    if persons:
        _tally(clock.today(), 0, settled=-persons)


@transaction.atomic
def purge_taken_back() -> set[UUID]:
    """Removes declarants who were taken back thirty days ago or more: until then the code answers that they were.

    Returns the declarations of which nobody is left.
    """
    rows = Declarant.objects.filter(state=DeclarantState.TAKEN_BACK, declaration__day__lte=clock.today() - KEPT_DAYS)
    return remove_declarants(persons=list(rows.values_list("declaration_id", "seq")))


def hold(*, declaration: PendingDeclaration) -> None:
    """Review holds it for longer: said in the next list of outcomes."""
    Outcome.objects.bulk_create([Outcome(id=random_id(), mark=Verdict.HELD.hash(one.person.promise)) for one in declaration.persons])


def remove_listed(*, outcomes: list[UUID]) -> None:
    """These outcomes are on the public record now."""
    for at in range(0, len(outcomes), CHUNK):
        Outcome.objects.filter(id__in=outcomes[at : at + CHUNK]).delete()


def remove_declarants(*, persons: list[tuple[UUID, int]]) -> set[UUID]:
    """Removes declarants (declaration, seq), and declarations of which nobody is left: these are returned.

    Inside the transaction that sealed or purged them.
    """
    with connection.cursor() as cursor:
        cursor.executemany(
            "DELETE FROM intake_declarant WHERE declaration_id = %s AND seq = %s",
            [(native(declaration), seq) for declaration, seq in persons],
        )
    gone = set()
    touched = sorted({declaration for declaration, _ in persons})
    for at in range(0, len(touched), CHUNK):
        some = touched[at : at + CHUNK]
        left = set(Declarant.objects.filter(declaration__in=some).values_list("declaration", flat=True))
        gone |= set(some) - left
        Declaration.objects.filter(id__in=set(some) - left).delete()
    return gone


@transaction.atomic
def carry_over(*, old_key: int, at_most: int = 500) -> int:
    """Re-encrypts up to `at_most` rows of a dying key under the current one; returns how many there were. 0: the key can die."""
    return _carry_over(old_key, at_most) or support.carry_over(old_key=old_key, at_most=at_most)


def _carry_over(old_key: int, at_most: int) -> int:
    # The rows first: as long as one of them is there, the old key is. Those that a wish or a row move holds are left for the next call.
    declarations = list(Declaration.objects.select_for_update(skip_locked=True).filter(key_id=old_key)[:at_most])
    declarants = list(Declarant.objects.select_for_update(skip_locked=True).filter(key_id=old_key)[:at_most])
    if not declarations and not declarants:
        return 0
    told = daykeys.carried_over([(bytes(one.blob), one.id.bytes) for one in declarations], old_key=old_key)
    for one, (key_id, blob) in zip(declarations, told, strict=True):
        one.key_id, one.blob = key_id, blob
    Declaration.objects.bulk_update(declarations, ["blob", "key"])
    people = daykeys.carried_over([(bytes(one.blob), one.lookup.bytes) for one in declarants], old_key=old_key)
    for person, (key_id, blob) in zip(declarants, people, strict=True):
        Declarant.objects.filter(declaration_id=person.declaration_id, seq=person.seq).update(blob=blob, key_id=key_id)
    _set_aside(
        [one.id for one in declarations if one.key_id == daykeys.UNREADABLE],
        [person.declaration_id for person, (key_id, _) in zip(declarants, people, strict=True) if key_id == daykeys.UNREADABLE],
    )
    return len(declarations) + len(declarants)


def _set_aside(untold: list[UUID], damaged: list[UUID]) -> None:
    """Nobody of `untold`, whose statements are damaged, can be sealed; nor need anyone look at those of `damaged` in whom nobody is left."""
    if untold:
        Declarant.objects.filter(declaration__in=untold).update(key_id=daykeys.UNREADABLE)
    if damaged:
        others = Declarant.objects.filter(declaration__in=damaged).exclude(key_id=daykeys.UNREADABLE)
        Declaration.objects.filter(id__in=set(damaged) - set(others.values_list("declaration", flat=True))).update(
            key_id=daykeys.UNREADABLE
        )


def forget_spent() -> None:
    """Drops tokens that have expired."""
    Spent.objects.filter(expires__lt=clock.hour()).delete()


def was_answered_twice(*, code: Code) -> bool:
    """Whether a second request got the same code, before or after sealing, as far as that is still known."""
    return Spent.objects.filter(id=code.declaration_id(), answered_twice=True).exists()


def forget_accepted(*, declarations: Collection[UUID]) -> None:
    """Nobody of these is left, at the wish of those who erased them: nothing says any more that they were accepted.

    Of a mail a mark is left, which only the mail itself finds, so that it is not taken in again; its link opens what a false one does.
    """
    Spent.objects.filter(id__in=list(declarations)).delete()
    claims = [number for one in declarations for number in mailkeys.numbers(one)]
    for at in range(0, len(claims), CHUNK):
        Claim.objects.filter(id__in=claims[at : at + CHUNK]).update(opened=ERASED, fades=0)
