"""Everything is assembled here, once: the databases, the ledger, intake, the gate, and what runs beside them."""

from hub.wiring.building import assemble, build, migrate_databases, reset
from hub.wiring.house import OWNER, SERVICE, Addresses, House, Hub
from hub.wiring.sources import agency_of, described_sources, group_names, source_names

__all__ = [
    "OWNER",
    "SERVICE",
    "Addresses",
    "House",
    "Hub",
    "agency_of",
    "assemble",
    "build",
    "described_sources",
    "group_names",
    "migrate_databases",
    "reset",
    "source_names",
]
