"""Markdown to HTML that may stand on a page: CommonMark with tables, cleaned to a short list of tags, nothing from elsewhere.

Headings begin below the page's own. A picture of another site becomes a link to it, and what a link opens does not learn where one came from.
"""

from __future__ import annotations

from functools import cache

import nh3
from markdown_it import MarkdownIt

_TAGS = {
    *("p", "br", "hr", "h2", "h3", "h4", "strong", "em", "s", "blockquote", "cite", "ul", "ol", "li"),
    *("a", "code", "pre", "table", "thead", "tbody", "tr", "th", "td"),
}
_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}, "th": {"scope"}}
_SCHEMES = {"http", "https", "mailto"}
_DEEPER = {"h1": "h2", "h2": "h3", "h3": "h4", "h4": "h4", "h5": "h4", "h6": "h4"}


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "typographer": False, "maxNesting": 20}).enable("table").enable("strikethrough")
    parser.disable(["html_block", "html_inline"])
    return parser


def render(markdown: str) -> str:
    """The HTML of a text. Whatever is typed gives HTML of the allowed tags alone."""
    tokens = _parser().parse(markdown)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = _DEEPER[token.tag]
        for child in token.children or ():
            if child.type == "image":
                # Its words stay, and where it lies can be opened by whoever wishes: a page fetches nothing from another site.
                child.type, child.tag, child.nesting = "text", "", 0
    html = _parser().renderer.render(tokens, _parser().options, {})
    return nh3.clean(html, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes=_SCHEMES, link_rel="noopener noreferrer nofollow").strip()
