"""`GET /stat/statics`, exact to the byte, and as the regular expressions of clients read it."""

import re

import msgspec
import pytest
from django.test import Client

from tuidang.kernel.places import places
from tuidang.statistics.figures import NAME, Figures

EXACT = """<?xml version="1.0" encoding="UTF-8"?>
<STATICS>
<TOTAL>466,924,874</TOTAL>
<TODAY>005</TODAY>
<YESTERDAY>060</YESTERDAY>
<THISWEEK>1,240</THISWEEK>
<THISMONTH>12,345</THISMONTH>
<LASTUPDATE>2026-11-05 07:50:00</LASTUPDATE>
<LEDGER>12,431</LEDGER>
<EARLIER>466,912,443</EARLIER>
<TIMEZONE>UTC</TIMEZONE>
</STATICS>
"""
KNOWN_BEFORE = ("TOTAL", "TODAY", "YESTERDAY", "THISWEEK", "THISMONTH", "LASTUPDATE")


@pytest.fixture
def figures():
    """Puts figures where the site reads them; what is not given is as in EXACT."""
    path = places().pages / NAME

    def put(**changed: object) -> None:
        made = Figures(
            **{
                "size": 12_450,
                "day": 20_762,
                "count": 12_431,
                "voided": 3,
                "by_organisation": {},
                "by_voice": {},
                "by_assurance": {},
                "baseline": 466_912_443,
                "baseline_source": "an earlier register",
                "waiting": 0,
                "accepted_today": 5,
                "accepted_yesterday": 60,
                "accepted_this_week": 1_240,
                "accepted_this_month": 12_345,
                "mark": 0,
                "rises_at": 20,
                "falls_below": 0,
                "updated": 1_793_865_000,
                "k": 5,
            }
            | changed
        )
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(msgspec.json.encode(made))

    yield put
    path.unlink(missing_ok=True)


def feed(path: str = "/stat/statics") -> str:
    return Client().get(path).content.decode()


def test_the_document_is_exactly_this(figures):
    figures()
    assert feed() == feed("/stat/statics/") == EXACT


def test_a_client_finds_each_element_once_whatever_its_case(figures):
    figures()
    text = feed().replace("\n", "")
    for name in KNOWN_BEFORE:
        assert len(re.findall(rf"<{name.lower()}>([^<]*)</{name.lower()}>", text, re.IGNORECASE)) == 1
        assert len(re.findall(rf"<{name}\b", text, re.IGNORECASE)) == 1


def test_no_figure_is_shorter_than_three_characters(figures):
    figures(count=0, baseline=None, accepted_today=0, accepted_yesterday=5, accepted_this_week=99, accepted_this_month=100)
    assert re.findall(r"<(?:TOTAL|TODAY|YESTERDAY|THISWEEK|THISMONTH|LEDGER|EARLIER)>(.*?)<", feed()) == [
        "000",
        "000",
        "005",
        "099",
        "100",
        "000",
        "000",
    ]


def test_total_is_the_count_and_the_baseline_and_each_is_there_alone(figures):
    figures(count=1_000_000, baseline=2)
    assert "<TOTAL>1,000,002</TOTAL>" in feed()
    assert "<LEDGER>1,000,000</LEDGER>" in feed()
    assert "<EARLIER>002</EARLIER>" in feed()


def test_any_page_may_read_it_and_nothing_is_set(figures):
    figures()
    response = Client().get("/stat/statics", headers={"origin": "https://other.example"})
    assert response["Content-Type"] == "text/xml; charset=utf-8"
    assert response["Access-Control-Allow-Origin"] == "*"
    assert "Set-Cookie" not in response
    assert Client().head("/stat/statics").status_code == 200
    assert Client().post("/stat/statics").status_code == 405


@pytest.mark.django_db
def test_before_the_first_batch_all_is_zero(figures):
    assert re.findall(r"<(?:TOTAL|LEDGER|EARLIER)>(.*?)<", feed()) == ["000", "000", "000"]
