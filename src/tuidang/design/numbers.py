"""Numbers and dates as readers of each language write them. Figures are cut off, never rounded up, and equally precise in every language.

Languages are `en`, `zh-hans` and `zh-hant`; any other is answered in English. Nothing here depends on the locale of the machine.
"""

from __future__ import annotations

import datetime as dt

EPOCH = dt.date(1970, 1, 1)
WRITTEN_OUT_BELOW = 1_000_000
SIGNIFICANT = 4
"""Digits of a number that is too long to be written out: 466.9 million, 4.669 亿."""
_UNITS = {
    "en": ((10**9, "billion"), (10**6, "million")),
    "zh-hans": ((10**8, "亿"), (10**4, "万")),
    "zh-hant": ((10**8, "億"), (10**4, "萬")),
}
_OVER = {"en": "over {}", "zh-hans": "{} 余", "zh-hant": "{} 餘"}
_UP_TO = {"en": "{} or fewer", "zh-hans": "不超过 {}", "zh-hant": "不超過 {}"}
_BELOW = {"en": "under {}", "zh-hans": "不到 {}", "zh-hant": "不到 {}"}
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")
_CHINESE = ("zh-hans", "zh-hant")


def group(number: int) -> str:
    """Every digit, in groups of three: 12,431. A negative number bears a minus sign, not a hyphen."""
    return f"{number:,}".replace("-", "\N{MINUS SIGN}")


def compact(number: int, language: str) -> str:
    """Below a million every digit, else the first four: 466,912,443 is 466.9 million, 4.669 亿, 4.669 億. `number` is not negative."""
    if number < WRITTEN_OUT_BELOW:
        return group(number)
    cut = 10 ** (len(str(number)) - SIGNIFICANT)
    shown = number // cut * cut
    size, unit = next(found for found in _UNITS.get(language, _UNITS["en"]) if shown >= found[0])
    fraction = f"{shown % size:0{len(str(size)) - 1}}".rstrip("0")
    return f"{group(shown // size)}{'.' if fraction else ''}{fraction} {unit}"


def step(number: int, k: int) -> int:
    """The largest multiple of `k` that is exceeded: 301 to 320 are 300 in steps of 20, 0 to 20 are 0. So one more or less rarely shows."""
    return max(number - 1, 0) // k * k


def over(number: int, k: int, language: str) -> str:
    """A number in steps of `k`, in words that are true: "over 300", "300 余"; up to the first step "20 or fewer"."""
    shown = step(number, k)
    words = _OVER if shown else _UP_TO
    return words.get(language, words["en"]).format(group(shown or k))


def share(part: int, whole: int, language: str) -> str:
    """The part in whole percents, cut off: "42%", "under 1%"; a dash where there is no whole."""
    if whole <= 0:
        return "–"
    if 0 < part * 100 < whole:
        return _BELOW.get(language, _BELOW["en"]).format("1%")
    return f"{part * 100 // whole}%"


def date_of(day: dt.date | int) -> dt.date:
    """A date, or a day of the ledger (days since 1970-01-01), as a date."""
    if isinstance(day, int):
        return EPOCH + dt.timedelta(days=day)
    return day.date() if isinstance(day, dt.datetime) else day


def write_day(day: dt.date | int, language: str) -> str:
    """3 November 2026, 2026 年 11 月 3 日."""
    date = date_of(day)
    if language in _CHINESE:
        return f"{date.year} 年 {date.month} 月 {date.day} 日"
    return f"{date.day} {_MONTHS[date.month - 1]} {date.year}"


def write_month(day: dt.date | int, language: str) -> str:
    """November 2026, 2026 年 11 月."""
    date = date_of(day)
    if language in _CHINESE:
        return f"{date.year} 年 {date.month} 月"
    return f"{_MONTHS[date.month - 1]} {date.year}"
