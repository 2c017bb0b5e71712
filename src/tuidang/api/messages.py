"""What a client shows to the person when nothing could be taken in. A client says nothing of its reader's language, so all three stand there."""

from __future__ import annotations

_NOTHING = ("未作任何记录。", "未作任何記錄。", " Nothing was recorded.")
_WHY = {
    "unreadable": (
        "未能读取所提交的内容，请检查后重新提交。",
        "未能讀取所提交的內容，請檢查後重新提交。",
        "This could not be read. Please check it and send it again.",
    ),
    "organisations": (
        "请写明每个人退出的组织：党、团、队，或三退。",
        "請寫明每個人退出的組織：黨、團、隊，或三退。",
        "Say for each person what they leave: 党, 团, 队, or 三退 for all three.",
    ),
    "names": (
        "请填写每个人的名字（可用化名，最多 60 字）。",
        "請填寫每個人的名字（可用化名，最多 60 字）。",
        "Give each person's name; it may be invented, and have at most 60 characters.",
    ),
    "persons": ("一份声明最多 500 人。", "一份聲明最多 500 人。", "At most 500 people can be in one declaration."),
    "title": ("标题最长 200 字。", "標題最長 200 字。", "The title can have at most 200 characters."),
    "text": (
        "声明内容为空，或超过 20,000 字。",
        "聲明內容為空，或超過 20,000 字。",
        "The text is empty, or longer than 20,000 characters.",
    ),
    "closed": ("登记尚未开放。", "登記尚未開放。", "The register is not open yet."),
}


def _whole(name: str) -> str:
    simplified, traditional, english = (why + nothing for why, nothing in zip(_WHY[name], _NOTHING, strict=True))
    return f"{simplified} / {traditional} / {english}"


MESSAGES = {name: _whole(name) for name in _WHY}
"""By the name of a problem."""
BUSY = (
    "系统繁忙，未能确认是否已记录。请稍后原样重新提交，不会重复计数。"
    " / 系統繁忙，未能確認是否已記錄。請稍後原樣重新提交，不會重複計數。"
    " / Busy: perhaps recorded, perhaps not. Please send the very same again in a moment; it will not count twice."
)
"""The only message after which it is not known whether something was recorded."""
