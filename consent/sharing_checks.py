"""What speaks against a request or a decision to share: missing words, unknown names, a basis or agreement."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import Final

from consent.decision import Asked
from consent.means import CASEWORK, Means
from consent.releasing import Stand
from consent.sharing_terms import CONSENT, Ask, Choice, decision_faults, request_faults
from hub.directory import Organisation
from hub.people import Agency, Practitioner
from projections import partnership
from projections.matters import Matter
from projections.session import Cursor

NOT_TO_ASK: Final = (Agency.OVERSIGHT,)
AGREED: Final = "This organisation has no agreement in force for this purpose on all of these days."
LIVE: Final = "Consent for every kind of information shared, to this recipient, must be in force; it is not."


class Checks:
    """Faults by field, as the form and the interface name them. Nothing of a record is in any of them."""

    def __init__(self, means: Means, organisations: Callable[[], Sequence[Organisation]]) -> None:
        self._means, self._organisations = means, organisations

    def others(self) -> tuple[Organisation, ...]:
        """Everybody who can be asked or shared with."""
        return tuple(one for one in self._organisations() if one.agency not in NOT_TO_ASK)

    def agency(self, code: str) -> Agency | None:
        """The kind of agency an organisation is, None for an unknown one."""
        return next((one.agency for one in self.others() if one.code == code), None)

    def of_request(self, session: Cursor, reader: Practitioner, ask: Ask, of: Stand) -> dict[str, str]:
        """What speaks against a request."""
        faults = request_faults(ask, self._means.today())
        kinds = {one.agency.value for one in self.others()} - {reader.agency.value}
        codes = {one.code for one in self.others()} - {reader.organisation}
        if "asked" not in faults and ask.asked not in kinds | codes:
            faults["asked"] = "Choose another organisation, or another kind of agency, that takes part."
        return faults | self._grounds(session, of, ask.purpose, (ask.basis,), "basis", faults)

    def of_decision(self, session: Cursor, of: Stand, choice: Choice, asked: Matter | None) -> dict[str, str]:
        """What speaks against a decision, but for whose entries they are."""
        faults = decision_faults(choice, self._means.today())
        agency = self.agency(choice.recipient)
        if "recipient" not in faults and (agency is None or choice.recipient == of.reader.organisation):
            faults["recipient"] = "Choose another organisation that takes part."
        if choice.recipient_role not in ("", *self._means.policy(session).domain["role"]):
            faults.setdefault("recipient_role", "Choose a role that the policy names, or none.")
        if asked is not None and choice.recipient != asked.asker:
            faults["recipient"] = "The answer to a request goes to whoever asked."
        faults |= self._grounds(session, of, choice.purpose, choice.bases, "bases", faults)
        if faults or not choice.shares:
            return faults
        categories = {of.held[one].category for one in choice.entries if one in of.held}
        return self.of_terms(session, of, choice, categories)

    def of_terms(
        self, session: Cursor, of: Stand, terms: Choice | Matter, categories: Collection[str]
    ) -> dict[str, str]:
        """What speaks against opening these kinds of information on the terms decided on: agreement, and consent."""
        if not self.agreed(session, terms.recipient, terms.purpose, terms.since, terms.until):
            return {"recipient": AGREED}
        if CONSENT in terms.bases and not self._consented(session, of, terms, categories):
            return {"bases": LIVE}
        return {}

    def agreed(self, session: Cursor, recipient: str, purpose: str, since: str, until: str) -> bool:
        """Whether an organisation's agreement covers a purpose on the first and the last day, where there is one."""
        days = [day for day in (since, until) if day]
        return all(partnership.covered(session, recipient, [purpose], day) for day in days)

    def _grounds(  # noqa: PLR0913, PLR0917 - the ground, and where to say what is wrong with it
        self, session: Cursor, of: Stand, purpose: str, bases: Sequence[str], field: str, faults: dict[str, str]
    ) -> dict[str, str]:
        """A purpose of work with a child, and bases that this kind of organisation may state for it today."""
        found: dict[str, str] = {}
        policy, today = self._means.policy(session), self._means.today()
        if "purpose" not in faults and purpose not in CASEWORK:
            found["purpose"] = f"Choose one of {', '.join(CASEWORK)}."
        if field in faults:
            return found
        if any(basis not in policy.domain["basis"] for basis in bases):
            found[field] = f"Choose among {', '.join(policy.domain['basis'])}."
        elif not found and "purpose" not in faults:
            controller = of.decided[0].facts.controller
            stated = [policy.ground(purpose, basis, controller, today) for basis in bases]
            refused = [sentence for ground, sentence in stated if ground != "valid"]
            found |= {field: refused[0]} if refused else {}
        return found

    def _consented(self, session: Cursor, of: Stand, terms: Choice | Matter, categories: Collection[str]) -> bool:
        """Whether consent is in force today, for the recipient and every one of these categories."""
        agency = self.agency(terms.recipient)
        if agency is None:
            return False
        recipient = replace(of.reader, id="", name="", agency=agency, organisation=terms.recipient, worker="")
        facts = self._means.facts(session, Asked(recipient, terms.purpose, CONSENT), of.decided[0].child)
        return all(facts.consent.get(category, "none") == "given" for category in categories)
