"""A second opinion on each resource from the published FHIR models; it adds defects and stops nothing.

Only the path of a faulty element is noted, never its value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Literal, TypeAlias

import orjson

from hub.update import Defect

if TYPE_CHECKING:
    from fhir_core.fhirabstractmodel import FHIRAbstractModel

Release = Literal["STU3", "R4"]
"""Of the two releases whose models the library brings; R4 is held against R4B, which only adds to it."""

_MOST = 5
_LARGEST = 128 * 1024
_UNNAMED = "?"
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,40}")


def check_json(resource_type: str, original: bytes, place: str, release: Release = "STU3") -> tuple[Defect, ...]:
    """Defects of one resource in JSON. It is read anew, because validating may change what it is given."""
    return _check(resource_type, lambda model: model.model_validate(orjson.loads(original)), place, release)


def check_xml(resource_type: str, original: bytes, place: str, release: Release = "STU3") -> tuple[Defect, ...]:
    """Defects of one resource in XML."""
    if len(original) > _LARGEST:
        # The library's XML reading takes the square of the number of elements.
        return (Defect("fhir-unchecked", place, "Too large to be held against the published model."),)
    return _check(resource_type, lambda model: model.model_validate_xml(original), place, release)


_Model: TypeAlias = "type[FHIRAbstractModel]"


def _check(
    resource_type: str, validate: Callable[[_Model], object], place: str, release: Release
) -> tuple[Defect, ...]:
    """The models are slow to load, so they load when the first resource needs them."""
    from pydantic import ValidationError  # noqa: PLC0415 - comes with the models

    try:
        validate(_model(resource_type, release))
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        return _defects((_said(part["loc"], part["type"]) for part in found), place, release)
    except Exception:  # noqa: BLE001 - a second opinion is never a gate: whatever the library cannot bear is a defect
        return (Defect("fhir-invalid", place, "The published model cannot read this resource."),)
    return ()


def _model(resource_type: str, release: Release) -> _Model:
    if release == "R4":
        from fhir.resources.R4B import get_fhir_model_class  # noqa: PLC0415 - half a second, paid when first needed
    else:
        from fhir.resources.STU3 import get_fhir_model_class  # noqa: PLC0415 - the same
    return get_fhir_model_class(resource_type)


def _defects(locations: Iterable[tuple[int | str, ...]], place: str, release: Release) -> tuple[Defect, ...]:
    paths = dict.fromkeys("/".join(_step(step) for step in location) for location in locations)
    return tuple(
        Defect("fhir-invalid", f"{place}/{path}", f"This element is missing or not as FHIR {release} defines it.")
        for path in list(paths)[:_MOST]
    )


def _said(location: tuple[int | str, ...], kind: str) -> tuple[int | str, ...]:
    """The location; of an element that the model does not have, without the name that the sender gave it."""
    return (*location[:-1], _UNNAMED) if kind == "extra_forbidden" else location


def _step(step: int | str) -> str:
    """An element's name; a name that is not a plain word could be content, so it shows as `?`."""
    return str(step) if isinstance(step, int) or _PLAIN.fullmatch(step) else _UNNAMED
