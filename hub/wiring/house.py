"""The assembled hub, what runs beside it, and what is done to it as a whole: following, rebuilding, reading again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import LiteralString

from adapters import sources
from adapters.cloudevents.again import again
from adapters.sending import Sender, of_sender
from adapters.timely import timely
from consent.casework import Casework
from consent.contributing import Contributions
from consent.disclosure import Gate
from consent.editions import Editions
from consent.emergency import Emergencies
from consent.inbox import Inbox
from consent.knowing import Knowing
from consent.oversight import Governance
from consent.partnership import Partnership
from consent.policy import Policy
from consent.quality_room import Quality
from consent.sharing_decisions import SharingDecisions
from consent.versions import Policies
from consent.views import Views
from consent.who_sees_in_hub import WhoSees
from hub import directory
from hub.audit.clients import Clients
from hub.errors import HubError
from hub.intake import rereading
from hub.intake.intake import Intake
from hub.intake.quarantine import ToRetry
from hub.receipt import Receipt, Result
from hub.settings import Settings
from hub.store import embedded
from hub.store.database import Connection, Database
from hub.store.keyring import Keyring
from hub.store.ledger import Ledger
from hub.store.recorder import LEDGER
from hub.store.turns import turn
from hub.update import Delivery, Translated
from hub.wiring.tending import Progress, Tending
from projections import rebuild
from projections.progress import Status
from projections.remaking import Remade
from projections.runner import Runner

SERVICE = "hub_service"
OWNER = "hub_owner"


@dataclass(frozen=True, slots=True)
class Hub:
    """What every door is handed: the way in, the way out, and the account of it. Nothing that could go round them."""

    intake: Intake
    disclosure: Gate
    governance: Governance
    clients: Clients
    casework: Casework
    sharing: SharingDecisions
    emergency: Emergencies
    policies: Policies
    who_sees: WhoSees
    contributing: Contributions
    knowing: Knowing
    inbox: Inbox
    editions: Editions
    views: Views
    quality: Quality


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the databases are: the service's login, its key database, and the owner's for migrations."""

    service: str
    keys: str
    owner: str = ""
    owner_keys: str = ""


@dataclass(slots=True)
class House:
    """The assembled hub and what must be closed after it.

    changed_at_start: how many changes of the directory its start put on record.
    """

    settings: Settings
    hub: Hub
    directory: directory.Directory
    _database: Database
    _ledgers: dict[str, Ledger]
    _keyrings: list[Keyring]
    _running: embedded.Running | None
    _now: Callable[[], datetime]
    _partnership: Partnership
    changed_at_start: int = 0
    _stop: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    @property
    def policy(self) -> Policy:
        """The version of the policy in force now. Raises PolicyRefused where this program cannot prove it."""
        with self._database.transaction("hub_reader") as cursor:
            return self.hub.policies.in_force(cursor)

    def translate(self, delivery: Delivery) -> Iterable[Translated]:
        """Bytes of a source to updates and refusals, within the limits of the settings, and none ahead of its time."""
        limits = {"record_limit": self.settings.record_limit, "file_limit": self.settings.file_limit}
        return timely(sources.translate(delivery, **limits), self._now().date())

    def translate_again(self, kept: Delivery, waiting: ToRetry) -> Iterable[Translated]:
        """The same of what the quarantine kept, perhaps the envelope that a record came in; its sender stays bound."""
        found = again(kept, waiting.media_type, self.translate)
        return of_sender(found, kept.source, self._sender(waiting.sender, waiting.agency))

    def _sender(self, owner: str, agency: str) -> Sender:
        """What an organisation's systems may say today."""
        clients = [one for one in self.directory.clients() if owner and one.organisation == owner]
        systems = {system for one in clients for system in one.systems}
        others = {other for one in clients for other in one.others}
        organisations = (owner, *sorted(others)) if owner else ()
        return Sender(owner, agency, tuple(sorted(systems)), organisations)

    def apply_directory(self) -> int:
        """Read the directory's file again and record what is changed in it, for the next decision; how many changes."""
        known = directory.load(self.settings.directory)
        changed = self._partnership.apply(known)
        self.directory = known
        return changed

    def catch_up(self) -> None:
        """Bring every followed read model to the end of its log."""
        for one in rebuild.FOLLOWED:
            with self._ledger_for_now(one.log) as ledger:
                Runner(self._database, ledger, one).catch_up()

    def follow(self) -> None:
        """Follow the logs in the background until closed, and start the embedded database again should it die."""
        for one in rebuild.FOLLOWED:
            follower = Runner(self._database, self._another_ledger(one.log), one)
            thread = threading.Thread(target=follower.follow, args=[self._stop], daemon=True, name="projection")
            thread.start()
            self._threads.append(thread)
        settler = threading.Thread(
            target=self.hub.clients.settle_until, args=[self._stop], daemon=True, name="refusals"
        )
        settler.start()
        self._threads.append(settler)
        if self._running is not None:
            keeper = threading.Thread(target=self._running.keep_up, args=[self._stop], daemon=True, name="database")
            keeper.start()
            self._threads.append(keeper)

    @property
    def tending(self) -> Tending:
        """The read models, for whoever runs the hub."""
        return Tending(self._database, self._ledgers, self._keyrings[0])

    def status(self) -> list[Status]:
        """How far each read model is."""
        return self.tending.status()

    def rebuild(self, name: str, progress: Progress, *, accept: bool = False) -> Remade:
        """Rebuild one group of read models from its log; accept: even where that changes what they say."""
        return self.tending.rebuild(name, progress, accept=accept)

    def reread(self, source: str) -> Receipt:
        """Read every stored record of a source again by today's mapping; where it differs, that is a revision."""
        known = sources.source(source)
        results: list[Result] = []
        with self._ledger_for_now(LEDGER) as ledger:
            for delivery, record in rereading.deliveries(self._database, ledger, source, known.mapping):
                sender = self._sender(record.sender, record.agency if known.agency is None else "")
                found = of_sender(self.translate(delivery), source, sender)
                results += self.hub.intake.receive(found).results
        return Receipt(source, tuple(results))

    def ready(self) -> bool:
        """Whether the database answers."""
        try:
            with self._database.transaction("hub_reader") as cursor:
                cursor.execute("select 1")
        except HubError:
            return False
        return True

    def turn(self, role: str, name: str, stopped: Callable[[], bool]) -> AbstractContextManager[Connection | None]:
        """Wait until no other process does what is called so; None where told to stop meanwhile."""
        return turn(self._database, role, name, stopped)

    def close(self) -> None:
        """Stop following, close every connection, and leave the embedded database."""
        self._stop.set()
        for thread in self._threads:
            thread.join(timeout=5)
        self.hub.clients.settle()
        self._database.close()
        for keyring in self._keyrings:
            keyring.close()
        if self._running is not None:
            self._running.stop()

    def _another_ledger(self, log: LiteralString) -> Ledger:
        # A ledger of its own for each: keys are loaded per batch and not shared between threads.
        keyring = self._keyrings[0].another()
        self._keyrings.append(keyring)
        return Ledger(self._database, keyring, log)

    @contextmanager
    def _ledger_for_now(self, log: LiteralString) -> Iterator[Ledger]:
        with closing(self._keyrings[0].another()) as keyring:
            yield Ledger(self._database, keyring, log)
