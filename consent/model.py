"""The casbin model that the table stands for: it follows from the columns, and no other is accepted."""

from __future__ import annotations

import configparser

from consent.table import CONDITIONS

_COLUMNS = ", ".join(CONDITIONS)
_TELLING = ("relation", "purpose", "role", "basis", "sensitivity")
"""What tells most rows from a question comes first: casbin looks no further at a row once a cell does not fit."""

_IN_TURN = (*_TELLING, *(column for column in CONDITIONS if column not in _TELLING))
_MODEL = {
    "request_definition": {"r": f"{_COLUMNS}, lvl"},
    "policy_definition": {"p": f"id, eft, lvl, {_COLUMNS}"},
    "policy_effect": {"e": "some(where (p.eft == allow)) && !some(where (p.eft == deny))"},
    "matchers": {
        "m": " && ".join((*(f"has(p.{name}, r.{name})" for name in _IN_TURN), "lvl(p.eft, p.lvl, r.lvl)", "seen(p.id)"))
    },
}


def read_model(content: bytes) -> tuple[str, list[str]]:
    """The model's text; a problem for each definition that is not the one the compiled table stands for."""
    parser = configparser.ConfigParser(interpolation=None)
    try:
        text = content.decode("utf-8")
        parser.read_string(text)
    except (UnicodeDecodeError, configparser.Error):
        return "", ["model.conf: this is not a casbin model in UTF-8"]
    found = {section: dict(parser.items(section)) for section in parser.sections()}
    wrong = sorted(section for section in {*found, *_MODEL} if found.get(section) != _MODEL.get(section))
    return text, [f"model.conf: [{section}] is not what the table's columns call for" for section in wrong]
