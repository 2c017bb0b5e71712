"""What is found in a text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["identity", "plate", "phone", "email", "account", "address", "workplace", "name"]


@dataclass(frozen=True, slots=True)
class Passage:
    """Where something stands in a text, and what it seems to be."""

    start: int
    end: int
    kind: Kind
