"""How many records a published file holds, counted by plain means that share nothing with the adapters.

`units` counts what a person would count who opens the file: rows, messages, entries, elements. One unit may tell of
several happenings (a stay and its end), so a source is `exact` only where each unit is one record.
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET  # the standard library's, because the adapters use another

CONTEXT = {
    "List",
    "Organization",
    "Practitioner",
    "PractitionerRole",
    "Location",
    "Medication",
    "HealthcareService",
    "Specimen",
}
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@dataclass(frozen=True, slots=True)
class Format:
    """One folder's files of one source. `name` gives a file the name its format wants, where it has another."""

    folder: str
    pattern: str
    source: str
    count: Callable[[bytes], int]
    exact: bool = True
    name: Callable[[str], str] = str


def one(_: bytes) -> int:
    """The file is one record."""
    return 1


def rows(content: bytes) -> int:
    """Rows below the header that hold anything; a row that tells people how to fill in the others is none."""
    text = content.decode("utf-8-sig", errors="replace")
    delimiter = "|" if "|" in text.partition("\n")[0] else ","
    found = list(csv.reader(io.StringIO(text), delimiter=delimiter))[1:]
    return sum(any(cell.strip() for cell in row) and not _instructs(row) for row in found)


def _instructs(row: list[str]) -> bool:
    said = [cell for cell in row if cell.strip()]
    return sum(cell.startswith(("Required", "Optional")) for cell in said) * 2 > len(said)


def messages(content: bytes) -> int:
    """HL7 v2 messages: each begins with its header segment."""
    return sum(line.startswith("MSH|") for line in content.decode("latin-1").splitlines())


def gp_entries(content: bytes) -> int:
    """Entries of a collection that are no mere context, and those that a list carries inside itself."""
    document = json.loads(content)
    if document.get("resourceType") != "Bundle":
        return 1
    found = [entry["resource"] for entry in document.get("entry", [])]
    lists = [resource for resource in found if resource["resourceType"] in CONTEXT]
    of_lists = [inner for resource in lists for inner in resource.get("contained", [])]
    return sum(one["resourceType"] not in CONTEXT for one in [*found, *of_lists])


def children(content: bytes) -> int:
    """Children of a census."""
    return sum(element.tag.rpartition("}")[2] == "Child" for element in ET.fromstring(content).iter())  # noqa: S314 - published samples, counted offline


def resources(content: bytes) -> int:
    """Resources of a FHIR document in XML or JSON: one, or the entries of its bundle."""
    if content.lstrip()[:1] == b"{":
        document = json.loads(content)
        return len(document.get("entry", [])) if document.get("resourceType") == "Bundle" else 1
    root = ET.fromstring(content)  # noqa: S314 - published samples, counted offline
    if not root.tag.endswith("}Bundle"):
        return 1
    return len(root.findall("{http://hl7.org/fhir}entry"))


def vaccinations(content: bytes) -> int:
    """Vaccinations of a search's answer, whose patient and remarks are none; any other document is one record."""
    document = json.loads(content)
    if document.get("resourceType") != "Bundle":
        return 1
    return sum(entry["resource"]["resourceType"] == "Immunization" for entry in document.get("entry", []))


def rows_of_sheets(content: bytes) -> int:
    """Rows of a workbook's sheets below their first that holds anything."""
    total = 0
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        for name in book.namelist():
            if name.startswith("xl/worksheets/sheet"):
                found = [row for row in ET.fromstring(book.read(name)).iter(f"{SHEET}row") if _holds(row)]  # noqa: S314
                total += max(len(found) - 1, 0)
    return total


def _holds(row: ET.Element) -> bool:
    return any(cell.find(f"{SHEET}v") is not None or cell.find(f"{SHEET}is") is not None for cell in row)


def of_council(name: str) -> str:
    """The return's files say neither council nor year; the hub reads both from the name, as from a census's term."""
    return f"301_2025_{name}"


FORMATS = (
    Format("gpconnect_structured", "*.json", "gp-connect", gp_entries),
    Format("ukcore_r4", "*.xml", "gp-fhir-r4", resources),
    Format("hl7v2_simhospital", "*.out", "hl7v2", messages, exact=False),
    Format("nems_events", "*.xml", "nems", one),
    Format("mns_signals", "*.json", "mns", one),
    Format("imms_batch", "*.csv", "imms-csv", rows),
    Format("imms_batch", "*.json", "imms-csv", resources),
    Format("mavis_school_imms", "valid_hpv*.csv", "imms-csv", rows),
    Format("mavis_school_imms", "duplicate_row.csv", "imms-csv", rows),
    Format("mavis_school_imms", "*.json", "imms-csv", vaccinations),
    Format("mavis_school_imms", "c*.csv", "class-list", rows),
    Format("mavis_school_imms", "valid.csv", "class-list", rows),
    Format("mavis_school_imms", "valid_with_bom.csv", "class-list", rows),
    Format("dfe_csc_api", "*.txt", "csc-api", one),
    Format("cin_census", "*.xml", "cin-census", children, exact=False),
    Format("ssda903", "[!S]*.csv", "ssda903", rows, exact=False, name=of_council),
    Format("annex_a", "*.xlsx", "annex-a", rows_of_sheets, exact=False, name=of_council),
    Format("school_census", "*.csv", "school-census", rows),
    Format("cloudevents", "*.json", "hub-cloudevents", one),
)


def files(samples: Path, of: Format) -> list[Path]:
    """The folder's files of this format, in order."""
    return sorted((samples / of.folder).glob(of.pattern))
