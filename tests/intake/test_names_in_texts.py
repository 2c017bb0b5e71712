"""Names typed for others leave the text, however the text spells them, and at a cost that grows with text and names alone."""

import time

import pytest

from tuidang.intake.policies import LONGEST_NAME, LONGEST_TEXT, MOST_PERSONS, with_placeholders


@pytest.mark.parametrize(
    ("text", "names", "kept"),
    [
        ("退党团队：张　三", ["张 三"], "退党团队：{{1}}"),
        ("退党：张三，退团：张  三。", ["张\u3000三"], "退党：{{1}}，退团：{{1}}。"),
        ("張三與劉陽、龔鵬穎", ["张三", "刘阳", "龚鹏颖"], "{{1}}與{{2}}、{{3}}"),
        ("张三与刘阳", ["張三", "劉陽"], "{{1}}与{{2}}"),
        ("ＺＨＡＮＧ San and zhang san", ["Zhang San"], "{{1}} and {{1}}"),
        ("张\u200b三，张\u00ad三", ["张三"], "{{1}}，{{1}}"),
        ("Nguyen Van Ha; Jose\u0301 A", ["Nguyễn Văn Hà", "José"], "{{1}}; {{2}} A"),
        ("Jo\u0302se\u0323\u0301 said", ["Jose"], "{{1}} said"),
        ("买买提・艾力", ["买买提·艾力"], "{{1}}"),
        ("李明华和李明", ["李明", "李明华"], "{{2}}和{{1}}"),
        ("同名 同名", ["同名", "同 名"], "{{1}} {{1}}"),
        ("王，王先生，(王)", ["王"], "{{1}}，王先生，({{1}})"),
        ("Li believes; Linda and LI, 退党Li。", ["Li", "Lin"], "{{1}} believes; Linda and {{1}}, 退党{{1}}。"),
        ("Anna Leeds", ["Anna Lee", "Anna"], "{{2}} Leeds"),
        ("小王\n明天", ["王明"], "小王\n明天"),
        ("{{1}} {{{2}}}", ["远山"], "{ {1}} { {{2}}}"),
        ("㍿ 株式会", ["株式"], "{{1}} {{1}}会"),
        ("没有人", [], "没有人"),
        ("没有人", ["\u200b"], "没有人"),
    ],
)
def test_a_name_is_replaced_as_it_may_be_spelt(text, names, kept):
    assert with_placeholders(text, names) == kept


def _least_seconds(text: str, names: list[str]) -> float:
    def once() -> float:
        begin = time.process_time()
        with_placeholders(text, names)
        return time.process_time() - begin

    return min(once() for _ in range(3))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (
            "啊" * LONGEST_TEXT,
            ["啊" * (LONGEST_NAME - 3) + chr(0x4E00 + one // 50) + chr(0x5000 + one % 50) for one in range(MOST_PERSONS)],
        ),
        ("a" * LONGEST_TEXT, ["a" * length for length in range(1, LONGEST_NAME)]),
        ("ab " * (LONGEST_TEXT // 3), ["ab" * length + "a" for length in range(29)]),
    ],
)
def test_names_made_to_be_slow_cost_no_more_than_others(text, names):
    plain = _least_seconds("退党声明与人名。" * (LONGEST_TEXT // 8), [f"{chr(0x4E00 + one)}某人" for one in range(MOST_PERSONS)])
    assert _least_seconds(text, names) < 20 * plain
