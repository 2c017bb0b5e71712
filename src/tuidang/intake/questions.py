"""The questions of the declaration form, in words. What they mean is in `forms`, how they are drawn in `design`."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from tuidang.design.fields import Choice, Field
from tuidang.intake.forms import Typed
from tuidang.intake.policies import LONGEST_NAME, LONGEST_TEXT, LONGEST_TITLE, MOST_PERSONS
from tuidang.reference import queries as reference


def errors(problems: Mapping[str, str]) -> dict[str, str]:
    """A sentence for each problem that `Typed.problems` names, by field."""
    sentences = {
        ("persons", "none"): _("Enter at least one person."),
        ("persons", "too_many"): _("At most %(most)s people can be in one declaration.") % {"most": MOST_PERSONS},
        ("name", "empty"): _("Enter a name. It can be an invented one."),
        ("name", "too_long"): _("A name can have at most %(most)s characters.") % {"most": LONGEST_NAME},
        ("left", "none"): _("Tick at least one organisation for each person."),
        ("title", "too_long"): _("The title can have at most %(most)s characters.") % {"most": LONGEST_TITLE},
        ("text", "empty"): _("Write something, or use the ready sentence."),
        ("text", "too_long"): _("The text can have at most %(most)s characters.") % {"most": f"{LONGEST_TEXT:,}"},
        ("adult", "needed"): _("You can only declare for yourself if you are 16 or older."),
        ("agreed", "needed"): _("Each person listed must have agreed."),
        ("consent", "needed"): _("Without your consent nothing may be stored."),
    }
    return {field: sentences[field, problem] for field, problem in problems.items()}


def questions(typed: Typed, problems: Mapping[str, str], language: str) -> dict[str, Field]:
    """Every question but those about each person of a group, by name."""
    choices = [Choice("", _("I would rather not say"), chosen=not typed.place)]
    choices += [Choice(str(code), label, chosen=str(code) == typed.place) for code, label in reference.choices(language)]
    fields = [
        Field("left", _("What do you leave?"), "checkboxes", error=problems.get("left", ""), choices=_organisations(typed, language)),
        Field(
            "name",
            _("Name"),
            value=typed.persons[0].name,
            error=problems.get("name", ""),
            hint=_("An invented name is safer than your own."),
        ),
        Field("place", _("Where do you live? (optional)"), "select", choices=tuple(choices)),
        Field("title", _("Title (optional)"), value=typed.title, error=problems.get("title", "")),
        Field("text", _("Your declaration"), "textarea", value=typed.text, error=problems.get("text", "")),
        Field("publish", _("Publish the text, after someone has read it"), "tick", value="on" if typed.publish else ""),
        Field("adult", _("I am 16 or older"), "tick", value="on" if typed.adult else "", error=problems.get("adult", "")),
        Field("agreed", _("Each of them agreed"), "tick", value="on" if typed.agreed else "", error=problems.get("agreed", "")),
        Field("consent", _("I agree that this declaration is stored as described"), "tick", value="on" if typed.consent else "", error=problems.get("consent", "")),
    ]
    return {field.name: field for field in fields}


def _organisations(typed: Typed, language: str) -> tuple[Choice, ...]:
    left = typed.persons[0].left
    return tuple(
        Choice(one.name, one.full.get(language, one.name), chosen=one.name in left) for one in reference.organisations()
    )
