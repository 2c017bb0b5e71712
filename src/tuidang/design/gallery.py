"""Samples for `design/gallery.html`, which shows every component in every state. All invented; in each language, to see lines break."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Any

from tuidang.design.fields import Choice, Field

_LONG = "zhēnshíhěncháng" * 8
"""A word without a place to break: pages must not grow wider than a phone."""
_TEXTS: dict[str, tuple[str, str, str]] = {
    "over": (
        "Withdrawn from the Communist Party of China, its Youth League and its Young Pioneers",
        "退出中国共产党、共青团、少先队",
        "退出中國共產黨、共青團、少先隊",
    ),
    "unit": ("withdrawals declared, on the public record", "人次，公开记录在册", "人次，公開記錄在冊"),
    "note": (
        "Each person named counts once. As of 3 November 2026, after 37 were taken back or voided.",
        "声明中每列一人，计一人次。截至 2026 年 11 月 3 日，已扣除撤回和作废的 37 人次。",
        "聲明中每列一人，計一人次。截至 2026 年 11 月 3 日，已扣除撤回和作廢的 37 人次。",
    ),
    "declare": ("Declare your withdrawal", "我要声明", "我要聲明"),
    "lookup": ("Look up with a code", "凭查询密码查询", "憑查詢密碼查詢"),
    "party": ("Party", "退党", "退黨"),
    "league": ("Youth League", "退团", "退團"),
    "pioneers": ("Young Pioneers", "退队", "退隊"),
    "own": ("Declared by the person", "本人声明", "本人聲明"),
    "listed": ("listed by someone else", "由他人代列", "由他人代列"),
    "caveat": (
        "These are not 12,431 different people: many use another name, and someone may have declared twice.",
        "这不等于 12,431 个不同的人：多数人使用化名，也可能有人重复声明。",
        "這不等於 12,431 個不同的人：多數人使用化名，也可能有人重複聲明。",
    ),
    "meaning": ("What this number says", "这个数字说明什么", "這個數字說明什麼"),
    "quote": (
        "“I had no choice as a child. Today I choose for myself.”",
        "“我小时候没有选择。今天，我自己选一次。”",
        "「我小時候沒有選擇。今天，我自己選一次。」",
    ),
    "by": (
        "Clear Spring (another name), from a statement · no. 10,217",
        "清泉（化名），声明节选 · 第 10,217 号",
        "清泉（化名），聲明節選 · 第 10,217 號",
    ),
    "earlier": (
        "An earlier register reported 466.9 million. We cannot check this figure and do not add it.",
        "此前的登记处公布 4.669 亿。我们无法核实，未计入上面的数字。",
        "此前的登記處公布 4.669 億。我們無法核實，未計入上面的數字。",
    ),
    "name": ("Name to publish", "公开的名字", "公開的名字"),
    "name_hint": ("An invented name is enough, and safer.", "可以用化名，也更安全。", "可以用化名，也更安全。"),
    "name_error": ("Enter a name. It need not be your own.", "请填写名字，不必是真名。", "請填寫名字，不必是真名。"),
    "which": ("Which do you withdraw from?", "您要退出哪些组织？", "您要退出哪些組織？"),
    "which_error": ("Choose at least one.", "请至少选择一个。", "請至少選擇一個。"),
    "text": ("Your statement", "声明内容", "聲明內容"),
    "place": ("Where do you live?", "所在地区", "所在地區"),
    "place_hint": ("Province or country is enough.", "写省份或国家即可。", "寫省份或國家即可。"),
    "age": ("I am 16 or older", "我已年满 16 岁", "我已年滿 16 歲"),
    "publish": ("Publish the text?", "是否公开声明？", "是否公開聲明？"),
    "yes": ("Yes, after a volunteer has read it", "公开，由志愿者读过之后", "公開，由志工讀過之後"),
    "no": ("No, count it only", "不公开，只计数", "不公開，只計數"),
    "ink": ("ink, for text", "墨色，用于正文", "墨色，用於正文"),
    "soft": ("soft, for what comes second", "浅墨，用于次要文字", "淺墨，用於次要文字"),
    "paper": ("paper, the ground", "纸色，用于底色", "紙色，用於底色"),
    "line": ("line, one pixel", "线色，一像素", "線色，一像素"),
    "accent": ("accent, for links and the one main button", "主色，用于链接和主要按钮", "主色，用於連結和主要按鈕"),
    "caution": ("caution, always with words", "提醒色，总有文字说明", "提醒色，總有文字說明"),
    "colours": ("Colours", "颜色", "顏色"),
    "light": ("light", "浅色", "淺色"),
    "dark": ("dark", "深色", "深色"),
    "month": ("Month", "月份", "月份"),
    "empty": ("Nothing yet", "暂无", "尚無"),
    "saved": ("This was saved.", "已保存。", "已儲存。"),
    "lost": ("This could not be saved. Nothing was recorded.", "未能保存，没有任何记录。", "未能儲存，沒有任何記錄。"),
    "code": (
        "abandon ability able about above absent absorb abstract absurd abuse access accident",
        "的一是在不了有和人这中大",
        "的一是在不了有和人這中大",
    ),
}

_LANGUAGES = ("en", "zh-hans", "zh-hant")


@cache
def colours() -> dict[str, list[str]]:
    """The colours by name, light and dark, as the stylesheet has them."""
    light, _, dark = files(__package__).joinpath("styles", "tokens.css").read_text("utf-8").partition("@media")
    by_name = dict(re.findall(r"--(\w+): (#\w+)", dark))
    return {name: [colour, by_name[name]] for name, colour in re.findall(r"--(\w+): (#\w+)", light)}


def samples(language: str) -> dict[str, Any]:
    """The context of the gallery in that language."""
    at = _LANGUAGES.index(language) if language in _LANGUAGES else 0
    text = {key: shown[at] for key, shown in _TEXTS.items()}
    counts = (("party", 4_102), ("league", 6_977), ("pioneers", 9_310))
    rows = [
        {"label": f"2026-{month:02}", "cells": [f"{count:,}", f"{count // 3:,}"]} for month, count in ((9, 3_120), (10, 4_433), (11, 300))
    ]
    return {
        "t": text,
        "long": _LONG,
        "organisations": [{"label": text[key], "value": value} for key, value in counts],
        "answers": [{"label": text["name"], "value": text["by"]}, {"label": text["text"], "value": f"{text['quote']}\n{_LONG}"}],
        "heads": [text["month"], text["own"], text["listed"]],
        "rows": rows,
        "tokens": [{"label": text[name], "cells": cells} for name, cells in colours().items()],
        "token_heads": ["", text["light"], text["dark"]],
        "fields": _fields(text),
        "wrong": _fields(text, wrong=True),
    }


def _fields(text: dict[str, str], *, wrong: bool = False) -> tuple[Field, ...]:
    """Every kind of question, filled in or wrong."""
    mark = "wrong-" if wrong else ""
    organisations = tuple(Choice(key, text[key], chosen=key == "party" and not wrong) for key in ("party", "league", "pioneers"))
    wishes = (Choice("yes", text["yes"], text["caveat"], chosen=True), Choice("no", text["no"]))
    return (
        Field(
            f"{mark}which",
            text["which"],
            "checkboxes",
            hint=text["note"],
            error=text["which_error"] if wrong else "",
            choices=organisations,
        ),
        Field(f"{mark}row", text["which"], "checkboxes", choices=organisations, inline=True),
        Field(
            f"{mark}name",
            text["name"],
            hint=text["name_hint"],
            error=text["name_error"] if wrong else "",
            value="" if wrong else text["by"],
        ),
        Field(f"{mark}place", text["place"], "select", hint=text["place_hint"], choices=organisations),
        Field(f"{mark}text", text["text"], "textarea", value=text["quote"], error=text["lost"] if wrong else ""),
        Field(f"{mark}publish", text["publish"], "radios", choices=wishes),
        Field(
            f"{mark}age", text["age"], "tick", value="" if wrong else "on", hint=text["caveat"], error=text["which_error"] if wrong else ""
        ),
    )
