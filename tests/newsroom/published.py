"""One published item of every kind, all invented, for tests that look at pages, feeds and calendars. Late imports, as in conftest."""

from __future__ import annotations

import io
from uuid import UUID

SLUG = "sample"
ORIGINAL = "轉身離開的人，值得我們好好聽他說。"
HERE = "2031-12-10T18:30"


def people() -> tuple[UUID, UUID]:
    """Two editors."""
    from tests.accounts.people import member_with

    from tuidang.accounts.policies import Role

    return member_with(Role.EDITOR), member_with(Role.EDITOR)


def picture_bytes(form: str = "JPEG", size: tuple[int, int] = (1600, 900), **more) -> bytes:
    """A picture of many colours."""
    from PIL import Image

    made = Image.linear_gradient("L").resize(size)
    kept = io.BytesIO()
    Image.merge("RGB", (made, made.rotate(90).resize(size), made.transpose(Image.Transpose.FLIP_TOP_BOTTOM))).save(kept, form, **more)
    return kept.getvalue()


def publish(kind, slug, by, second, *, words, facts=None, picture=None, language="en") -> UUID:
    """Writes an item, has it approved, and returns its number. `words` by language: title, summary, body."""
    from tuidang.newsroom import actions

    item = actions.begin(kind=kind, slug=slug, language=language, by=by)
    for one, said in words.items():
        actions.write(item=item, language=one, words=actions.Words(*said), after=0, by=by)
    if facts is not None:
        actions.set_facts(item=item, facts=facts, by=by)
    if picture is not None:
        actions.set_picture(item=item, picture=picture, by=by)
    approve(item, by, second)
    return item


def approve(item, by, second) -> None:
    """Offers what `by` wrote and has the second approve it."""
    from tuidang.newsroom import actions, queries

    actions.offer(item=item, by=by)
    actions.approve(item=item, version=queries.on_desk(item).version, by=second)


def three(english, simplified, traditional, body=("", "", "")):
    """Words in the three languages of the site, from titles and summaries."""
    return {
        language: (*said, text)
        for language, said, text in zip(("en", "zh-hans", "zh-hant"), (english, simplified, traditional), body, strict=True)
    }


def one_of_each(statement: int | None = None) -> dict[str, UUID]:
    """Publishes an item of each kind at the address `sample`; of the news one in traditional characters alone, and one taken down, `gone`."""
    from tuidang.newsroom import actions, content, documents, pictures
    from tuidang.newsroom.states import Kind

    by, second = people()
    alt = {"en": "Two people at a table.", "zh-hans": "两个人坐在桌边。", "zh-hant": "兩個人坐在桌邊。"}
    picture = pictures.add(data=picture_bytes(), alt=alt, rights="本站自有", credit="陈一", by=by)
    files = [
        documents.keep(data=b"%PDF-1.7\n" + bytes(2_400_000), name="guide.pdf", language="zh-Hans"),
        documents.keep(data="一份说明。".encode(), name="guide.txt", language="zh-Hant"),
    ]
    made = {}
    for kind, facts, words in (
        (Kind.NEWS, content.News(), NEWS),
        (Kind.MILESTONE, content.Milestone(step=12_000, day=20_760, size=12_481, root="q6ur" * 10 + "q6s=", count=12_004), MILESTONE),
        (Kind.SUPPORT, content.Support("王美玲", "议员", 158, "2026-11-03", "zh-Hant", ORIGINAL, "https://parliament.example/1"), SUPPORT),
        (Kind.TESTIMONY, content.Testimony(alias="远山", statement=statement, consent="in writing"), STORY),
        (
            Kind.EVENT,
            content.Event(HERE, "2031-12-10T20:00", "America/New_York", "市政厅", "例街 1 号", "https://a.example/"),
            EVENT,
        ),
        (
            Kind.POINT,
            content.Point(840, "纽约", "例街 5 号", False, "10:00–16:00", ["zh", "yue", "en"], ["declaring", "advice"]),
            POINT,
        ),
        (Kind.PUBLICATION, content.Publication(year=2025, author="陈一", files=files), PUBLICATION),
        (Kind.PAGE, content.Page(place=1), PAGE),
        (Kind.MAILING, content.Mailing(topic="news", rhythms=["each"]), NEWS),
    ):
        shown = picture if kind in {Kind.NEWS, Kind.SUPPORT} else None
        made[kind.name.lower()] = publish(kind, SLUG, by, second, words=words, facts=facts, picture=shown)
    past = content.Event("2025-05-01T10:00", "", "Asia/Taipei", "公园", "", "")
    publish(Kind.EVENT, "past", by, second, words=EVENT, facts=past)
    publish(Kind.NEWS, "untranslated", by, second, words={"zh-hant": ("只有繁體", "一段話。", "一些*文字*。")}, language="zh-hant")
    gone = publish(Kind.NEWS, "gone", by, second, words=NEWS)
    actions.withdraw(item=gone, by=by)
    return made


_LONG = ("It is long enough to break. " * 6, "这一段长到会换行。" * 8, "這一段長到會換行。" * 8)
_BODY = tuple(
    f"## {head}\n\n{text}\n\n> {text}\n\n- {head}\n- {head}\n" for head, text in zip(("Part", "一节", "一節"), _LONG, strict=True)
)
NEWS = three(
    ("A new way to look at the record", "Anyone can now recount it with one command."),
    ("核对记录有了新办法", "现在，任何人用一条命令就能重新数一遍。"),
    ("核對記錄有了新辦法", "現在，任何人用一條命令就能重新數一遍。"),
    _BODY,
)
MILESTONE = three(
    ("12,000 withdrawals declared", "Reached on 3 November 2026."),
    ("声明退出达到 12,000 人次", "2026 年 11 月 3 日达到。"),
    ("聲明退出達到 12,000 人次", "2026 年 11 月 3 日達到。"),
    _BODY,
)
SUPPORT = three(
    ("Whoever turns away deserves to be heard", ""),
    ("转身离开的人，应当被听见", ""),
    ("轉身離開的人，應當被聽見", ""),
    ("Whoever turns away deserves a hearing.", "转身离开的人，应当被听见。", "轉身離開的人，應當被聽見。"),
)
STORY = three(
    ("Thirty years, then one evening", "“I had no choice as a child. Today I choose for myself.”"),
    ("三十年，和一个晚上", "“我小时候没有选择。今天，我自己选一次。”"),
    ("三十年，和一個晚上", "「我小時候沒有選擇。今天，我自己選一次。」"),
    _BODY,
)
EVENT = three(
    ("An evening with questions", "Volunteers answer."),
    ("答疑之夜", "志愿者现场回答问题。"),
    ("答疑之夜", "志工現場回答問題。"),
    _BODY,
)
POINT = three(("At the library", ""), ("图书馆旁", ""), ("圖書館旁", ""), _BODY)
PUBLICATION = three(
    ("A short guide", "What to know before declaring."),
    ("简明指南", "声明之前需要知道的事。"),
    ("簡明指南", "聲明之前需要知道的事。"),
    _BODY,
)
PAGE = three(("How it began", ""), ("缘起", ""), ("緣起", ""), _BODY)
