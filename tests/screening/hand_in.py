"""Invented declarations, handed in as every channel does it."""

from uuid import UUID

from tuidang.intake import actions as intake
from tuidang.intake.content import NewDeclaration, NewPerson
from tuidang.kernel.randomness import random_bytes
from tuidang.reference.queries import channel
from tuidang.vault.codes import Code

FIRST_HAND, LISTED = 1, 2


def hand_in(
    text: str = "我声明退出。",
    names: tuple[str, ...] = ("远山",),
    *,
    title: str = "",
    publish: bool = False,
    through: str = "web",
    suggested: bool = False,
    code: Code | None = None,
    organisations: tuple[int, ...] = (),
) -> UUID:
    """Hands one declaration in; returns its id. `organisations` of each, in the order of `names`; all three if nothing is said."""
    code = code or Code(random_bytes(16))
    declaration = NewDeclaration(
        title=title,
        text=text,
        language="zh-hans",
        persons=tuple(NewPerson(name, left, suggested) for name, left in zip(names, organisations or (7,) * len(names), strict=True)),
        voice=FIRST_HAND if len(names) == 1 else LISTED,
        channel=channel(through),
        region=0,
        source=0,
        publish=publish,
        consent="1",
    )
    assert intake.accept(declaration=declaration, code=code).result == "new"
    return code.declaration_id()
