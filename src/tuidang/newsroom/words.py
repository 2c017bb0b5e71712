"""The words for what the newsroom knows by codes, in the language of the page."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tuidang.newsroom.states import Kind, State

KINDS = {
    Kind.NEWS: _("News"),
    Kind.SUPPORT: _("Statement of support"),
    Kind.TESTIMONY: _("Testimony"),
    Kind.EVENT: _("Event"),
    Kind.POINT: _("Service point"),
    Kind.PUBLICATION: pgettext_lazy("kind of item", "Publication"),
    Kind.PAGE: _("Page"),
    Kind.MILESTONE: _("Milestone"),
    Kind.MAILING: _("Letter of the newsletter"),
}
STATES = {
    State.DRAFT: pgettext_lazy("state of an item", "being written"),
    State.OFFERED: pgettext_lazy("state of an item", "waits for a second person"),
    State.SCHEDULED: pgettext_lazy("state of an item", "scheduled"),
    State.PUBLISHED: pgettext_lazy("state of an item", "published"),
    State.WITHDRAWN: pgettext_lazy("state of an item", "taken down"),
}
OFFERS = {
    "declaring": _("help with declaring"),
    "certificates": _("certificates"),
    "advice": _("advice"),
    "reading": _("reading matter"),
}
TOPICS = {
    "news": _("News"),
    "milestones": _("Milestones"),
    "events": _("Events"),
}
"""What a letter of the newsletter is about, as its readers choose it."""
RHYTHMS = {
    "each": _("those who get each letter by itself"),
    "weekly": _("those who get one letter a week"),
    "monthly": _("those who get one letter a month"),
}
SPOKEN = {
    "zh": _("Mandarin"),
    "yue": _("Cantonese"),
    "en": pgettext_lazy("spoken language", "English"),
    "fr": _("French"),
    "de": _("German"),
    "es": _("Spanish"),
    "pt": _("Portuguese"),
    "ja": _("Japanese"),
    "ko": _("Korean"),
    "vi": _("Vietnamese"),
    "th": _("Thai"),
    "id": _("Indonesian"),
    "ms": _("Malay"),
    "ru": _("Russian"),
    "bo": _("Tibetan"),
    "ug": _("Uyghur"),
    "mn": _("Mongolian"),
}
"""Languages that are spoken at a service point, by their codes."""
