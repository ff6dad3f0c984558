"""The channels of people's and agencies' software: everything that a door of the API can be asked."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from uuid import UUID

from tests.leaking.looking import Channel, Look
from tests.leaking.world import NOBODY, UNKNOWN_NUMBER
from tests.stories import recorded

NUMBERS = ("9990000018", "9990000034", "9990000026", UNKNOWN_NUMBER)
LOOKED = ("chronology", "explanation", "involvement", "consents", "sharing")


def chronology(look: Look) -> str:
    """As it is asked most often; and what became known since some moments."""
    path, moments = f"{look.of}/chronology", ("2000-01-01T00:00:00Z", look.world.then)
    return look.get(path, **look.ground) + "".join(look.get(path, **look.ground, since=one) for one in moments)


def past(look: Look) -> str:
    """As it was known before what came later."""
    return look.get(f"{look.of}/chronology", **look.ground, known_at=look.world.then)


def paged(look: Look) -> str:
    """Every page, however full."""
    return "".join(page for limit in (1, 2, 3, 5) for page in look.pages(limit))


def misasked(look: Look) -> str:
    """With cursors that end at each entry there is, and at none; and with what is no cursor, moment or number."""
    path = f"{look.of}/chronology"
    ends = [_cursor(one) for one in (*look.world.entries.values(), NOBODY)]
    wrong = [{"cursor": "!"}, {"known_at": "then"}, {"since": "then"}, {"limit": "0"}, {"purpose": "canary"}]
    asked = [*({"cursor": end} for end in ends), *wrong, {"known_at": "2999-01-01T00:00:00Z"}]
    return "".join(look.get(path, **(look.ground | one)) for one in asked)


def _cursor(entry: UUID) -> str:
    return urlsafe_b64encode(f"2012-06-01 {entry}".encode()).decode()


def explanation(look: Look) -> str:
    """Of every entry there is, of one that is not, and of what is no id."""
    named = (*look.world.entries.values(), NOBODY, "nothing")
    return "".join(look.get(f"{look.of}/entries/{one}/explanation", **look.ground) for one in named)


def search(look: Look) -> str:
    """By every child's number, and by nobody's."""
    found = [look.post("/v1/children/search", {"system": "nhs-number", "value": one}) for one in NUMBERS]
    return "".join([*found, look.post("/v1/children/search", {"system": "nhs-number"})])


def card(look: Look) -> str:
    """Who works with the child."""
    return look.get(f"{look.of}/involvement", **look.ground)


def consents(look: Look) -> str:
    """What is on record."""
    return look.get(f"{look.of}/consents")


def statements(look: Look) -> str:
    """Statements that lack something, so that nothing is recorded."""
    said: dict[str, dict[str, object]] = {
        "consents": {"what": "give", "recipient": "", "category": ""},
        "capacity": {"state": "assessed-capable", "reason": ""},
        "ties": {"person": "nobody-of-the-directory", "tie": "family"},
        "safe-address": {"kept": False, "reason": ""},
        "involvement": {"duty": "works-with", "organisation": "NO-SUCH"},
    }
    return "".join(look.post(f"{look.of}/{at}", body) for at, body in said.items())


def sharing(look: Look) -> str:
    """What was asked, shared and not shared about the child; and what waits for an answer."""
    return look.get(f"{look.of}/sharing-decisions") + look.get("/v1/sharing-requests")


def sharing_steps(look: Look) -> str:
    """Steps that lack something, on every matter and about every entry, so that nothing is recorded."""
    recipient = "la-990" if look.who == "callum" else "SCH-ROWANBANK"
    own: dict[str, object] = {"recipient": recipient, "outcome": "share", "bases": []}
    asked = {"asked": "Z99104", "wanted": "", "why": "", "purpose": "child-plan", "basis": "public-task", "due": ""}
    tried = [look.post(f"{look.of}/sharing-requests", asked)]
    tried += [look.post(f"{look.of}/sharing-decisions", own | {"entries": [str(one)]}) for one in look.some]
    for matter in (*look.world.matters, NOBODY):
        tried.append(look.post(f"{look.of}/sharing-requests/{matter}/decline", {"reasons": ""}))
        tried.append(look.post(f"{look.of}/sharing-decisions/{matter}/end", {"reason": ""}))
        tried.append(look.post(f"{look.of}/sharing-decisions", {"asked": str(matter), "outcome": "not-share"}))
        tried.append(look.post(f"{look.of}/sharing-decisions/{matter}/release"))
    return "".join(tried)


def emergencies(look: Look) -> str:
    """One's own, those one has to be told of, those that wait for a review."""
    return "".join(look.get(f"/v1/emergencies{of}") for of in ("", "/told", "/waiting"))


def emergency_steps(look: Look) -> str:
    """Steps that lack something, on somebody's emergency access and on none; and opening it to nobody."""
    tried = [
        look.post("/v1/emergency", {"system": "nhs-number", "value": UNKNOWN_NUMBER}),
        look.post(f"/v1/children/{NOBODY}/emergency", {"reason": "x" * 5000}),
    ]
    for one in (look.world.emergency, NOBODY):
        tried.append(look.post(f"/v1/emergencies/{one}/reason", {"reason": ""}))
        tried.append(look.post(f"/v1/emergencies/{one}/review", {"finding": "no-such"}))
        if look.who != "shona":
            tried.append(look.post(f"/v1/emergencies/{one}/end"))
        if look.who not in ("fiona", "eilidh"):
            tried.append(look.post(f"/v1/emergencies/{one}/acknowledgement"))
    return "".join(tried)


def readings_of(look: Look) -> list[UUID]:
    """The newest reading of each kind about the child, whoever made it."""
    found = {one.action: one.originator_id for one in recorded(look.place.hub) if one.child == look.child}
    newest = [found[action] for action in LOOKED if action in found]
    return newest if look.who == "eilidh" else (newest or [NOBODY])[:1]


def oversight(look: Look) -> str:
    """Readings explained, whole and by every entry; and what was decided worked out again."""
    found = [look.get("/v1/governance/replay"), look.get("/v1/governance/attention")]
    found.append(look.post(f"/v1/governance/attention/{NOBODY}/note"))
    found.append(look.post("/v1/governance/what-if", {"version": look.place.hub.house.policy.fingerprint}))
    asked = {"child": str(look.child), "reason": "complaint"}
    found += [look.get("/v1/governance/who-sees", **asked, entry=str(one)) for one in look.some[:2]]
    for reading in (*readings_of(look), NOBODY):
        found.append(look.get(f"/v1/governance/readings/{reading}"))
        found += [look.get(f"/v1/governance/readings/{reading}", entry=str(one)) for one in look.some]
    return "".join(found)


def ledger(look: Look) -> str:
    """What waits for an answer, and what was not shared, for those who oversee."""
    return look.get("/v1/governance/sharing-requests") + look.get("/v1/governance/sharing-decisions")


def views(look: Look) -> str:
    """What follows from the entries, now and then; and what is said of two entries of which one is none."""
    path = f"{look.of}/views"
    found = [look.get(path, **look.ground), look.get(path, **look.ground, known_at=look.world.then)]
    for what in ("join", "keep-apart", "compare-anew"):
        pairs = [[str(one), str(NOBODY)] for one in look.some]
        found += [look.post(f"{path}/{what}", {"entries": pair}) for pair in (*pairs, [str(NOBODY)] * 2, [])]
    return "".join(found)


def editions(look: Look) -> str:
    """The editions of the child, the one there is and none, compared; and steps that are refused of each."""
    at, one = f"{look.of}/editions", look.world.edition
    found = [look.get(at), look.get(f"{at}/reviewed"), look.post(at, {"purpose": "gossip", "audience": []})]
    written = [{"part": "meaning", "cites": [str(cited) for cited in look.some]}]
    for edition in (one, NOBODY):
        path = f"{at}/{edition}"
        found += [look.get(path), look.get(f"{path}/quoted")]
        found += [look.get(f"{path}/compare", older=str(older)) for older in (one, NOBODY)]
        found.append(look.change(path, {"include": [str(entry) for entry in look.some], "reason": "x"}))
        found += [look.change(path, {"written": written}), look.post(f"{path}/freeze")]
    return "".join(found)


def quality(look: Look) -> str:
    """What could be better, now and then."""
    path = f"{look.of}/quality"
    return look.get(path, **look.ground) + look.get(path, **look.ground, known_at=look.world.then)


def knowing(look: Look) -> str:
    """Who knew what when, now and then; and corrections, of every entry there is and of one that is not."""
    path = f"{look.of}/who-knew"
    found = [look.get(path, **one) for one in ({}, {"limit": "1"}, {"at": look.world.then}, {"cursor": "nothing"})]
    found += [look.get("/v1/corrections"), look.get("/v1/governance/corrections")]
    for one in (*look.world.entries.values(), NOBODY):
        found += [look.get(path, cursor=str(one)), look.get(f"/v1/corrections/{one}")]
        found.append(look.post(f"/v1/corrections/{one}/acknowledge", {"revision": 9}))
    return "".join(found)


def contributing(look: Look) -> str:
    """What is added by hand about entries, there or not; nothing is added, because no entry here is a disagreement."""
    said = {"start": "2020", "headline": "x", "assertion": "fact", "source_kind": "document"}
    found = [look.post(f"{look.of}/entries", {"start": "2999"})]
    found += [look.post(f"{look.of}/entries", said | {"code": "any.outcome.added", "cites": [str(NOBODY)]})]
    for one in look.some:
        at = f"{look.of}/entries/{one}"
        found += [look.post(f"{at}/resolutions", said), look.post(f"{at}/corrections", said)]
        found += [look.post(f"{at}/retractions", {"reason": "x"}), look.post(f"{at}/views", said)]
        found += [look.post(f"{at}/outcomes"), look.post(f"{at}/disagreements")]
    return "".join(found)


def receipts(look: Look) -> str:
    """As a person, who has none, and as a system of the person's own agency."""
    asked = ("", "?limit=200", "?source=gp-connect", f"/{NOBODY}", f"/{look.child}")
    return "".join(read(f"/v1/receipts{one}") for one in asked for read in (look.get, look.as_system))


def inbox(look: Look) -> str:
    """What is new; what came since one last looked; and one's word on entries there are and on one that is not."""
    found = [look.get("/v1/inbox"), look.get(f"{look.of}/chronology", **look.ground, since="last")]
    said: list[dict[str, object]] = [{"what": "seen"}, {"what": "acting"}]
    tried = [(one, body) for one in look.some for body in said]
    return "".join([*found, *(look.post(f"{look.of}/entries/{one}/acknowledgement", body) for one, body in tried)])


def unanswered(look: Look) -> str:
    """Concerns without an answer, of the child and of all, today and on a day that has not come."""
    paths = (f"{look.of}/unanswered", "/v1/governance/unanswered")
    return "".join(look.get(path, **day) for path in paths for day in ({}, {"at": "2999-01-01"}, {"at": "then"}))


CHANNELS: dict[str, Channel] = {
    "inbox": inbox,
    "unanswered": unanswered,
    "contributing": contributing,
    "chronology": chronology,
    "chronology of a past day": past,
    "chronology page by page": paged,
    "chronology misasked": misasked,
    "explanation": explanation,
    "search": search,
    "involvement card": card,
    "consents": consents,
    "statements refused": statements,
    "sharing": sharing,
    "sharing steps refused": sharing_steps,
    "emergencies": emergencies,
    "emergency steps refused": emergency_steps,
    "oversight": oversight,
    "sharing ledger": ledger,
    "views": views,
    "quality": quality,
    "editions": editions,
    "knowing": knowing,
    "receipts": receipts,
}
