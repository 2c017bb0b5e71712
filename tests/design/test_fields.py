"""Questions: what stands on a page, whatever read the input."""

import pytest
from django import forms
from django.template.loader import render_to_string

from tuidang.design.fields import Choice, Field, bound, with_errors


class Entry(forms.Form):
    """A form with every kind of field."""

    alias = forms.CharField(label="Alias", help_text="Invented")
    text = forms.CharField(widget=forms.Textarea)
    place = forms.ChoiceField(choices=[("", "None"), ("10011", "Beijing")])
    which = forms.MultipleChoiceField(choices=[("1", "Party"), ("2", "League")], widget=forms.CheckboxSelectMultiple)
    wish = forms.ChoiceField(choices=[("y", "Yes"), ("n", "No")], widget=forms.RadioSelect)
    agreed = forms.BooleanField()


def draw(field):
    return render_to_string("design/field.html", {"field": field})


def test_what_is_typed_is_escaped_wherever_it_stands():
    smuggled = '"><script>alert(1)</script>'
    for kind in ("text", "textarea", "select", "radios", "checkboxes", "tick"):
        page = draw(
            Field("name", smuggled, kind, value=smuggled, hint=smuggled, error=smuggled, choices=(Choice(smuggled, smuggled, smuggled),))
        )
        assert "<script" not in page
        assert '"">' not in page


def test_a_text_that_begins_with_an_empty_line_keeps_it():
    assert ">\n\nfirst" in draw(Field("text", "Text", "textarea", value="\nfirst"))


@pytest.mark.parametrize("kind", ["text", "textarea", "select", "checkboxes", "radios", "tick"])
def test_error_and_hint_are_tied_to_the_question(kind):
    page = draw(Field("place", "Place", kind, hint="A hint", error="Wrong", choices=(Choice("a", "A"),)))
    assert 'aria-describedby="place-hint place-error"' in page
    assert 'id="place-hint"' in page
    assert 'id="place-error"' in page
    assert 'id="place"' in page, "the error summary links here"
    assert page.index("Wrong") < page.index("<input") if "<input" in page else True


def test_browsers_are_asked_not_to_send_what_is_typed_to_their_makers():
    for kind in ("text", "textarea"):
        page = draw(Field("name", "Name", kind))
        assert 'autocomplete="off"' in page
        assert 'spellcheck="false"' in page


def test_a_django_form_becomes_the_same_questions():
    form = Entry({"alias": "", "text": "Hello", "place": "10011", "which": ["2"], "wish": "n", "agreed": "on"})
    fields = {field.name: field for field in map(bound, form)}
    assert [field.kind for field in fields.values()] == ["text", "textarea", "select", "checkboxes", "radios", "tick"]
    assert [field.name for field in with_errors(fields.values())] == ["alias"]
    assert (fields["alias"].hint, fields["text"].value, fields["agreed"].value) == ("Invented", "Hello", "on")
    assert [choice.value for name in ("place", "which", "wish") for choice in fields[name].choices if choice.chosen] == ["10011", "2", "n"]


def test_a_choice_may_be_sent_under_its_own_name():
    page = draw(Field("left", "What?", "checkboxes", choices=(Choice("on", "Party", name="party"), Choice("b", "B"))))
    assert 'name="party" value="on"' in page
    assert 'name="left" value="b"' in page


def test_an_empty_django_form_is_empty():
    fields = [bound(field) for field in Entry()]
    assert {field.value for field in fields} == {""}
    assert with_errors(fields) == ()
