"""Templates into pages: autoescaped, and a name that a template does not get is an error, not a blank."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from consent import entry_words
from consent.beside import cites, status
from consent.decision import Redacted, Shown, Withheld
from consent.derived_gaps import Gap
from hub.web import choices, emergency_words, inbox_words, lanes, listing, log_words, sharing_words, words

HERE: Final = Path(__file__).resolve().parent

_ENVIRONMENT: Final = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_ENVIRONMENT.globals.update(
    emergency_words=emergency_words,
    inbox_words=inbox_words,
    log_words=log_words,
    words=words,
    choices=choices,
    listing_words=listing,
    sharing_words=sharing_words,
    rank=lanes.rank,
    entry_words=entry_words,
    status=status,
    cites=cites,
)
_ENVIRONMENT.tests.update(
    shown=lambda entry: isinstance(entry, Shown),
    redacted=lambda entry: isinstance(entry, Redacted),
    withheld=lambda entry: isinstance(entry, Withheld),
    gap=lambda row: isinstance(row, Gap),
)


def render(template: str, **values: object) -> str:
    """Fill one template."""
    return _ENVIRONMENT.get_template(template).render(**values)
