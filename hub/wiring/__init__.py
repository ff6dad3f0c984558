"""Everything is assembled here, once: the databases, the ledger, intake, the gate, and what runs beside them."""

from hub.wiring.building import assemble, build, migrate_databases, reset
from hub.wiring.house import OWNER, SERVICE, Addresses, House, Hub
from hub.wiring.sources import agency_of, described_sources, group_names, source_names
from hub.wiring.tending import Remade, Status, Tending

__all__ = [
    "OWNER",
    "SERVICE",
    "Addresses",
    "House",
    "Hub",
    "Remade",
    "Status",
    "Tending",
    "agency_of",
    "assemble",
    "build",
    "described_sources",
    "group_names",
    "migrate_databases",
    "reset",
    "source_names",
]
