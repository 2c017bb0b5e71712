"""Markdown to HTML that may stand on a page: CommonMark with tables, cleaned to a short list of tags, nothing from elsewhere.

Headings begin below the page's own. Of a picture its words stay, and what a link opens does not learn where one came from.
Stars beside a Chinese character make words bold whatever stands on their other side: CommonMark asks for blanks there, which Chinese has not.
"""

from __future__ import annotations

import re
from functools import cache

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.emphasis import tokenize

_TAGS = {
    *("p", "br", "hr", "h2", "h3", "h4", "strong", "em", "s", "blockquote", "cite", "ul", "ol", "li"),
    *("a", "code", "pre", "table", "thead", "tbody", "tr", "th", "td"),
}
_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}, "th": {"scope"}}
_SCHEMES = {"http", "https", "mailto"}
_CHINESE = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U00020000-\U0003ffff]")
"""Characters of Chinese, Japanese and Korean texts, with the punctuation that is theirs alone."""
_DEEPER = {"h1": "h2", "h2": "h3", "h3": "h4", "h4": "h4", "h5": "h4", "h6": "h4"}


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "typographer": False, "maxNesting": 20}).enable("table").enable("strikethrough")
    parser.disable(["html_block", "html_inline"])
    parser.inline.ruler.at("emphasis", _emphasis)
    return parser


def _emphasis(state: StateInline, silent: bool) -> bool:
    """As CommonMark has it; beside a Chinese character stars open and close wherever no blank forbids it: `**重点。**下一句`."""
    start = state.pos
    if not tokenize(state, silent):
        return False
    before = state.src[start - 1] if start else " "
    after = state.src[state.pos] if state.pos < state.posMax else " "
    if state.src[start] == "*" and (_CHINESE.match(before) or _CHINESE.match(after)):
        for one in state.delimiters[start - state.pos :]:
            one.open, one.close = not after.isspace(), not before.isspace()
    return True


def render(markdown: str) -> str:
    """The HTML of a text. Whatever is typed gives HTML of the allowed tags alone."""
    tokens = _parser().parse(markdown)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = _DEEPER[token.tag]
        for child in token.children or ():
            if child.type == "image":
                # Its words stay: a page fetches nothing from another site, and pictures of ours stand beside a text, not in it.
                child.type, child.tag, child.nesting = "text", "", 0
    html = _parser().renderer.render(tokens, _parser().options, {})
    return nh3.clean(html, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes=_SCHEMES, link_rel="noopener noreferrer nofollow").strip()
