"""Every write of review, by what it is about: taking in, deciding, publishing, objecting, sealing."""

from tuidang.review.actions.deciding import claim, decide_cluster, decide_screen, undo
from tuidang.review.actions.objecting import decide_objections, hid_nothing, object_to, purge_objections
from tuidang.review.actions.publishing import (
    ask_for_publication,
    carry_on,
    claim_items,
    claim_publishing,
    decide_publication,
    decide_publication_items,
    expire_publications,
    hand_over,
    publication_taken,
    taken_down,
    to_take_down,
    unpublish_items,
    wish,
    withdraw,
)
from tuidang.review.actions.sealing import carry_over, forget, purge_refused, sealed, see_anew
from tuidang.review.actions.taking_in import hold_overdue, take_in, tell_intake

__all__ = [
    "ask_for_publication",
    "carry_on",
    "carry_over",
    "claim",
    "claim_items",
    "claim_publishing",
    "decide_cluster",
    "decide_objections",
    "decide_publication",
    "decide_publication_items",
    "decide_screen",
    "expire_publications",
    "forget",
    "hand_over",
    "hid_nothing",
    "hold_overdue",
    "object_to",
    "publication_taken",
    "purge_objections",
    "purge_refused",
    "sealed",
    "see_anew",
    "take_in",
    "taken_down",
    "tell_intake",
    "to_take_down",
    "undo",
    "unpublish_items",
    "wish",
    "withdraw",
]
