"""Figures of a register that does not exist, for pages that show them."""

from __future__ import annotations

import msgspec

from tuidang.kernel import clock
from tuidang.statistics import figures

FULL = figures.Figures(
    mark=0,
    rises_at=20,
    falls_below=0,
    size=12_481,
    day=20_760,
    count=12_431,
    voided=37,
    by_organisation={"party": 4_102, "league": 6_977, "pioneers": 9_310},
    by_voice={"first_hand": 5_231, "listed": 7_200, "not_stated": 0},
    by_assurance={"screened": 8_012, "reviewed": 4_100, "witnessed": 300, "identified": 19},
    baseline=466_912_443,
    baseline_source="全球退党服务中心",
    waiting=300,
    accepted_today=0,
    accepted_yesterday=0,
    accepted_this_week=0,
    accepted_this_month=0,
    updated=0,
    k=20,
)


def shown(monkeypatch, **changed: object) -> None:
    """The pages show `FULL`, with some figures changed."""
    found = msgspec.structs.replace(FULL, **changed)
    monkeypatch.setattr(figures, "read", lambda: found)


def publish(count: int, **changed: object) -> None:
    """So many published statements, with the registry numbers 1 to `count`, a year of days."""
    from tuidang.archive.models import Statement

    fields = {
        "region": 10044,
        "organisations": 5,
        "persons": 1,
        "language": "zh-Hans",
        "name": "远山",
        "suggested": True,
        "title": "",
        "text": "我声明退出。",
        **changed,
    }
    Statement.objects.bulk_create([Statement(index=number, day=clock.today() - count + number, **fields) for number in range(1, count + 1)])
