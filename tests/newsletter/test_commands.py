"""`tuidang newsletter`: lists are taken in row by row, with proof; what people ask for by letter is done, and addresses stay off the screen."""

from __future__ import annotations

import csv
import io
import json
import re
import sys
from base64 import b64decode

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from tests.newsletter.readers import ANNA, BOTH, confirmed, sign_up

from tuidang.cli import main as program
from tuidang.kernel import clock
from tuidang.kernel.places import places
from tuidang.newsletter import actions, importing, queries, signing
from tuidang.newsletter.models import ImportProof, Subscriber, Suppression
from tuidang.newsletter.policies import read_address
from tuidang.newsletter.states import Reason, Rhythm, State, Topic

pytestmark = pytest.mark.django_db(databases=BOTH, transaction=True)
LIST = """address,consented,language,topics,rhythm,name
anna@mail.example,2026-11-03,zh-hant,news events,monthly,Anna
Anna@Mail.Example,2026-11-03,,,,twice
berta@mail.example,2026-11-04,,,,
left@mail.example,2026-11-04,,,,
noaddress,2026-11-04,,,,
,2026-11-04,,,,
chen@qq.com,2026-11-04,,,,
dora@mail.example,,,,,
emil@mail.example,2999-01-01,,,,
fred@mail.example,2026-11-04,xx,,,
gina@mail.example,2026-11-04,en,sports,,
hans@mail.example,2026-11-04,en,news,hourly,
"ida@mail.example
Bcc: x@mail.example",2026-11-04,,,,
"""


@pytest.fixture
def tuidang(capsys, monkeypatch):
    monkeypatch.setattr(program, "_need_register", lambda: None)

    def run(*arguments: str) -> tuple[int, str]:
        code = program.main(["newsletter", *arguments])
        return code, capsys.readouterr().out

    return run


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text(LIST, encoding="utf-8-sig")
    return path


def address(text: str = ANNA):
    return read_address(text)


def test_each_row_is_accepted_or_refused_with_a_reason_and_handed_back(tuidang, file):
    actions.shut_out(address=address("left@mail.example"), reason=Reason.LEFT)
    code, said = tuidang("import", str(file), "--proof", "the march in Toronto, binder 3", "--language", "en", "--json")
    told = json.loads(said)
    assert (code, told["accepted"]) == (1, 2)
    once = ("twice", "asked_not_to", "empty", "form", "characters", "within_reach", "language", "topics", "rhythm")
    assert told["refused"] == {**dict.fromkeys(once, 1), "consented": 2}
    assert "mail.example" not in said
    back = file.with_suffix(".refused.csv")
    assert back.stat().st_mode & 0o777 == 0o600
    rows = list(csv.DictReader(io.StringIO(back.read_text())))
    assert (rows[0]["address"], rows[0]["name"]) == ("Anna@Mail.Example", "twice")
    assert all(row["reason"] in importing.REASONS.values() for row in rows)
    anna = Subscriber.objects.get(id=queries.subscriber_of(address()))
    assert (anna.state, anna.language, anna.topics, anna.rhythm) == (State.CONFIRMED, "zh-hant", Topic.NEWS | Topic.EVENTS, Rhythm.MONTHLY)
    assert clock.as_date(anna.asked).isoformat() == "2026-11-03"
    assert queries.held(address())["consent"] == {"proof": "the march in Toronto, binder 3"}


def test_the_same_file_once_more_takes_in_nobody_twice(tuidang, file):
    tuidang("import", str(file), "--proof", "x")
    before = Subscriber.objects.count()
    code, said = tuidang("import", str(file), "--proof", "x", "--json")
    assert (code, json.loads(said)["accepted"], Subscriber.objects.count()) == (1, 0, before)


def test_a_clean_list_is_a_success(tuidang, tmp_path):
    file = tmp_path / "clean.csv"
    file.write_text("address,consented\n" + "".join(f"reader{number}@mail.example,2026-11-03\n" for number in range(1200)))
    code, said = tuidang("import", str(file), "--proof", "x")
    assert (code, said) == (0, "1,200 accepted, 0 refused.\n")
    assert not file.with_suffix(".refused.csv").exists()
    assert ImportProof.objects.count() == 1


def test_mailboxes_within_reach_are_taken_where_their_owners_were_told(tuidang, file):
    _, said = tuidang("import", str(file), "--proof", "x", "--warned", "--json")
    assert json.loads(said)["accepted"] == 4


@pytest.mark.parametrize(
    ("content", "arguments"),
    [
        (b"name,day\na,b\n", ["--proof", "x"]),
        (b"", ["--proof", "x"]),
        (b"\xff\xfe\x00", ["--proof", "x"]),
        (LIST.encode(), ["--proof", "  "]),
    ],
)
def test_what_is_no_list_or_has_no_proof_is_refused_whole(tuidang, tmp_path, content, arguments):
    file = tmp_path / "list.csv"
    file.write_bytes(content)
    code, _ = tuidang("import", str(file), *arguments)
    assert (code, Subscriber.objects.count()) == (1, 0)
    assert tuidang("import", str(tmp_path / "nowhere.csv"), "--proof", "x")[0] == 2


def test_export_says_everything_and_erase_removes_it(tuidang, post, outbox, monkeypatch):
    confirmed(post, outbox)
    sign_up()
    code, said = tuidang("export", ANNA)
    assert (code, json.loads(said)["address"]) == (0, ANNA)
    assert json.loads(said)["letter_on_its_way"]
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{ANNA}\n"))
    code, said = tuidang("erase", "-")
    assert (code, said) == (0, "Erased.\n")
    assert queries.held(address()) is None
    assert tuidang("export", ANNA)[0] == 1
    assert json.loads(tuidang("erase", ANNA, "--json")[1]) == {"erased": False, "never": False}


def test_never_is_kept_until_they_ask_for_it_to_be_lifted(tuidang, post, outbox):
    tuidang("erase", ANNA, "--never")
    assert [one.reason for one in Suppression.objects.all()] == [Reason.NEVER]
    assert json.loads(tuidang("export", ANNA, "--json")[1])["not_written_to"]["because"] == "never"
    sign_up()
    post.step()
    assert outbox.raw == []
    assert json.loads(tuidang("allow", ANNA, "--json")[1]) == {"allowed": True}
    sign_up()
    post.step()
    assert outbox.to == [ANNA]


def test_what_is_no_address_is_refused(tuidang):
    assert tuidang("erase", "nobody")[0] == 1


def test_the_key_of_signatures_is_made_once_and_its_record_printed(tuidang, outbox):
    code, said = tuidang("dkim", "--json")
    record = json.loads(said)
    assert (code, record["type"]) == (0, "TXT")
    assert re.fullmatch(r"n[0-9a-f]{10}\._domainkey\.register\.example", record["name"])
    key = places().keys / "newsletter-dkim"
    made = key.read_bytes()
    assert key.stat().st_mode & 0o777 == 0o600
    assert made not in said.encode()
    assert b64decode(record["value"].partition("p=")[2]) == signing.signer().key.public_key().public_bytes(
        Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    )
    code, line = tuidang("dkim")
    assert (code, key.read_bytes()) == (0, made)
    assert line.startswith(f"Letters are signed. Put this into the DNS of register.example:\n{record['name']}. TXT ")
    assert "".join(re.findall(r'"([^"]*)"', line)) == record["value"]


def test_while_the_newsletter_is_off_there_is_no_key_to_make(tuidang):
    before = (places().keys / "newsletter-dkim").exists()
    assert tuidang("dkim")[0] == 1
    assert (places().keys / "newsletter-dkim").exists() is before
