"""What a form shows, as plain records: a template draws them, whatever read and checked the input.

One record is one question: label above, hint below it, error in words above the input (experience.md's model is the GOV.UK Design System).
`bound` makes such a record from a field of a Django form.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from django.forms import BoundField, CheckboxInput, Select, Textarea
from django.forms.widgets import CheckboxSelectMultiple, RadioSelect

Kind = Literal["text", "textarea", "select", "checkboxes", "radios", "tick"]
PRIVATE: Mapping[str, str] = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
"""Attributes of every input by a person: some browsers send what they spell-check or complete to their maker."""
COMES_BACK: Mapping[str, str] = {"autocomplete": "one-time-code"}
"""In place of "off" where what was typed is to be there again after the Back button: "off" forbids browsers that too, and this token alone
keeps them, too, from writing it into their history of forms on the disk (docs/threat-model.md)."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to choose: what is sent, what is shown, and a hint below it. It may be sent under a `name` of its own."""

    value: str
    label: str
    hint: str = ""
    chosen: bool = False
    name: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """One question of a form. `kind` "tick" is a single box to agree to; its `value` is "on" when it is ticked. Empty `error`: none.

    `inline` sets short choices beside each other; `attributes` go into the input as they are.
    """

    name: str
    label: str
    kind: Kind = "text"
    value: str = ""
    hint: str = ""
    error: str = ""
    choices: tuple[Choice, ...] = ()
    inline: bool = False
    attributes: Mapping[str, str] = field(default_factory=lambda: PRIVATE)

    @property
    def grouped(self) -> bool:
        """Whether it is a set of inputs under one legend."""
        return self.kind in {"checkboxes", "radios"}

    @property
    def type(self) -> str:
        """The type of each input of the group."""
        return "radio" if self.kind == "radios" else "checkbox"

    @property
    def described_by(self) -> str:
        """The ids of hint and error, for `aria-describedby`."""
        return " ".join(f"{self.name}-{part}" for part in ("hint", "error") if getattr(self, part))


def with_errors(fields: Iterable[Field]) -> tuple[Field, ...]:
    """Those that an error summary lists, in the order of the page."""
    return tuple(one for one in fields if one.error)


def comes_back(asked: Field) -> Field:
    """The question with what was typed there again after the Back button, in browsers that bring it back."""
    return replace(asked, attributes=COMES_BACK) if asked.kind == "text" else asked


def bound(source: BoundField, *, inline: bool = False) -> Field:
    """The question that a field of a Django form asks, with its value and its first error."""
    value = source.value()
    kind = _kind(source)
    chosen = {str(one) for one in value} if isinstance(value, (list, tuple, set)) else {str(value)}
    pairs = (
        [pair for pair in source.field.widget.choices if not isinstance(pair[1], (list, tuple))]
        if kind in {"select", "checkboxes", "radios"}
        else []
    )
    return Field(
        name=source.html_name,
        label=str(source.label),
        kind=kind,
        value="on" if kind == "tick" and value else "" if value is None or kind == "tick" else str(value),
        hint=str(source.help_text),
        error=str(source.errors[0]) if source.errors else "",
        choices=tuple(Choice(str(key), str(shown), chosen=str(key) in chosen) for key, shown in pairs),
        inline=inline,
    )


def _kind(source: BoundField) -> Kind:
    widget = source.field.widget
    kinds: tuple[tuple[type, Kind], ...] = (
        (CheckboxSelectMultiple, "checkboxes"),
        (RadioSelect, "radios"),
        (Select, "select"),
        (Textarea, "textarea"),
        (CheckboxInput, "tick"),
    )
    return next((kind for known, kind in kinds if isinstance(widget, known)), "text")
