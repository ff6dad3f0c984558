"""The invented Lennox family, as four agencies' systems would send what they hold of them.

Isla is born in 2019, her brother Finn in 2024. The files are in the agencies' own formats and go in through
the same door as anybody's.
"""

from __future__ import annotations

from importlib import resources

from hub.update import Delivery

ISLA = ("nhs-number", "9990190313")
"""Isla's NHS number: the system and the value by which she is looked up."""
FINN = ("nhs-number", "9990240221")

# Social work holds both of Isla's numbers, so it comes between health and the schools: each record then finds her.
_FIRST = (
    ("nems", "isla-birth.xml"),
    ("nems", "isla-newborn-hearing.xml"),
    ("nems", "isla-health-visiting.xml"),
    ("nems", "isla-12-week-immunisations.xml"),
    ("nems", "isla-moved.xml"),
    ("nems", "isla-mmr-second-dose-missed.xml"),
    ("nems", "isla-mmr-second-dose.xml"),
    ("nems", "finn-birth.xml"),
    ("nems", "finn-health-visiting.xml"),
    ("gp-connect", "isla.json"),
    ("gp-connect", "finn.json"),
    ("csc-api", "lennox.json"),
    ("school-census", "2022_autumn_pupilonroll.csv"),
    ("school-census", "2023_summer_pupilnolongeronroll.csv"),
    ("school-census", "2023_autumn_pupilonroll.csv"),
    ("school-census", "2024_autumn_termlyexclusionsonroll.csv"),
    ("school-census", "2024_autumn_termlysessiondetailsonroll.csv"),
    ("school-census", "2025_spring_termlysessiondetailsonroll.csv"),
    ("school-census", "2025_autumn_termlysessiondetailsonroll.csv"),
)
_LATER = (
    ("gp-connect", "isla-late.json"),
    ("nems", "isla-mmr-second-dose-correction.xml"),
)


def deliveries() -> tuple[Delivery, ...]:
    """The family's records as they first arrive, in order."""
    return tuple(_delivery(source, name) for source, name in _FIRST)


def arriving_later() -> tuple[Delivery, ...]:
    """What comes after: a hospital letter of 2022 that was only found in 2026, and the correction of a date."""
    return tuple(_delivery(source, name) for source, name in _LATER)


def _delivery(source: str, name: str) -> Delivery:
    file = resources.files("adapters").joinpath("samples", source, name)
    return Delivery(source, name, file.read_bytes())
