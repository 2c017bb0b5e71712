"""Time zones by name, as readers of each language say them; and a moment as it reads on the clock of a place and in UTC."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from tuidang.design.numbers import write_day
from tuidang.kernel.errors import InvalidInputError
from tuidang.newsroom.content import Event
from tuidang.newsroom.events import moment

CITIES: dict[str, tuple[str, str, str]] = {
    "America/New_York": ("New York", "纽约", "紐約"),
    "America/Chicago": ("Chicago", "芝加哥", "芝加哥"),
    "America/Denver": ("Denver", "丹佛", "丹佛"),
    "America/Los_Angeles": ("Los Angeles", "洛杉矶", "洛杉磯"),
    "America/Toronto": ("Toronto", "多伦多", "多倫多"),
    "America/Vancouver": ("Vancouver", "温哥华", "溫哥華"),
    "America/Mexico_City": ("Mexico City", "墨西哥城", "墨西哥城"),
    "America/Sao_Paulo": ("São Paulo", "圣保罗", "聖保羅"),
    "America/Argentina/Buenos_Aires": ("Buenos Aires", "布宜诺斯艾利斯", "布宜諾斯艾利斯"),
    "Europe/London": ("London", "伦敦", "倫敦"),
    "Europe/Dublin": ("Dublin", "都柏林", "都柏林"),
    "Europe/Paris": ("Paris", "巴黎", "巴黎"),
    "Europe/Berlin": ("Berlin", "柏林", "柏林"),
    "Europe/Brussels": ("Brussels", "布鲁塞尔", "布魯塞爾"),
    "Europe/Amsterdam": ("Amsterdam", "阿姆斯特丹", "阿姆斯特丹"),
    "Europe/Zurich": ("Zurich", "苏黎世", "蘇黎世"),
    "Europe/Vienna": ("Vienna", "维也纳", "維也納"),
    "Europe/Prague": ("Prague", "布拉格", "布拉格"),
    "Europe/Warsaw": ("Warsaw", "华沙", "華沙"),
    "Europe/Rome": ("Rome", "罗马", "羅馬"),
    "Europe/Madrid": ("Madrid", "马德里", "馬德里"),
    "Europe/Stockholm": ("Stockholm", "斯德哥尔摩", "斯德哥爾摩"),
    "Europe/Kyiv": ("Kyiv", "基辅", "基輔"),
    "Asia/Taipei": ("Taipei", "台北", "臺北"),
    "Asia/Hong_Kong": ("Hong Kong", "香港", "香港"),
    "Asia/Macau": ("Macao", "澳门", "澳門"),
    "Asia/Shanghai": ("Beijing", "北京", "北京"),
    "Asia/Tokyo": ("Tokyo", "东京", "東京"),
    "Asia/Seoul": ("Seoul", "首尔", "首爾"),
    "Asia/Singapore": ("Singapore", "新加坡", "新加坡"),
    "Asia/Kuala_Lumpur": ("Kuala Lumpur", "吉隆坡", "吉隆坡"),
    "Asia/Bangkok": ("Bangkok", "曼谷", "曼谷"),
    "Asia/Jakarta": ("Jakarta", "雅加达", "雅加達"),
    "Asia/Ho_Chi_Minh": ("Ho Chi Minh City", "胡志明市", "胡志明市"),
    "Asia/Kolkata": ("India", "印度", "印度"),
    "Asia/Jerusalem": ("Jerusalem", "耶路撒冷", "耶路撒冷"),
    "Australia/Sydney": ("Sydney", "悉尼", "雪梨"),
    "Australia/Melbourne": ("Melbourne", "墨尔本", "墨爾本"),
    "Australia/Perth": ("Perth", "珀斯", "伯斯"),
    "Pacific/Auckland": ("Auckland", "奥克兰", "奧克蘭"),
}
"""Clocks that events usually go by: how each is called. Any other is named by the city of its zone."""
_AT = {"en": 0, "zh-hans": 1, "zh-hant": 2}


def spell(zone: str, language: str) -> str:
    """New York time, 纽约时间."""
    if zone in {"UTC", "Etc/UTC"}:
        return _("Coordinated Universal Time")
    city = CITIES[zone][_AT.get(language, 0)] if zone in CITIES else zone.rpartition("/")[2].replace("_", " ")
    return _("%(city)s time") % {"city": city}


def on_the_clock(event: Event, language: str) -> dict[str, str] | None:
    """When an event is: on the clock of its place (`local`), which clock that is (`zone`), and in UTC. None where it is unsaid."""
    try:
        starts = moment(event.starts, event.zone)
        ends = moment(event.ends, event.zone) if event.ends else None
    except InvalidInputError:
        return None
    zone = ZoneInfo(event.zone)
    return {
        "local": _span(starts.astimezone(zone), ends and ends.astimezone(zone), language),
        "zone": spell(event.zone, language),
        "offset": _offset(starts.astimezone(zone)),
        "utc": _span(starts, ends, language),
        "iso": f"{starts:%Y-%m-%dT%H:%MZ}",
    }


def _span(starts: dt.datetime, ends: dt.datetime | None, language: str) -> str:
    first = _written(starts, language)
    if ends is None or ends <= starts:
        return first
    return f"{first}–{ends:%H:%M}" if ends.date() == starts.date() else f"{first} – {_written(ends, language)}"


def _written(when: dt.datetime, language: str) -> str:
    return f"{write_day(when, language)}{', ' if language == 'en' else ' '}{when:%H:%M}"


def _offset(when: dt.datetime) -> str:
    minutes = int((when.utcoffset() or dt.timedelta()).total_seconds()) // 60
    sign = "+" if minutes >= 0 else "\N{MINUS SIGN}"
    rest = f":{abs(minutes) % 60:02}" if minutes % 60 else ""
    return f"UTC{sign}{abs(minutes) // 60}{rest}"
