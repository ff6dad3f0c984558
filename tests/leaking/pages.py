"""The channels of a browser: every page, and every form sent back with something missing in it."""

from __future__ import annotations

from uuid import UUID

from tests.leaking.api import NUMBERS, readings_of
from tests.leaking.looking import Channel, Look
from tests.leaking.world import NOBODY

MINE = ("", "log")
EVERYBODYS = ("rules", "who-sees-what", "sign-in")


def own(look: Look) -> str:
    """The pages that name no child in their address."""
    asked = (*MINE, *EVERYBODYS) if look.who == "eilidh" else MINE  # those are the same for everybody
    return "".join(look.get(f"/{one}") for one in asked)


def chronology(look: Look) -> str:
    """The child's page, filtered and ordered in every way."""
    asked: list[dict[str, str]] = [{}, {"order": "oldest"}, {"significance": "significant"}, {"agency": "gp"}]
    asked += [{"known": "31/2/2024"}, {"cursor": "nothing"}]
    return "".join(look.get(_child(look), **look.ground, **one) for one in asked)


def past(look: Look) -> str:
    """The child's page as of yesterday."""
    return look.get(_child(look), **look.ground, known="31/10/2026")


def why(look: Look) -> str:
    """Why each entry is open or closed."""
    return "".join(look.get(f"{_child(look)}/entries/{one}/why", **look.ground) for one in look.some)


def card(look: Look) -> str:
    """Who works with the child."""
    return look.get(f"{_child(look)}/working-with", **look.ground)


def consents(look: Look) -> str:
    """What is on record, with its forms."""
    return look.get(f"{_child(look)}/consents") + look.get(f"{_child(look)}/tie")


def consents_sent(look: Look) -> str:
    """The forms of it, sent with something missing."""
    sent = {
        "consents": {"what": "give"},
        "capacity": {},
        "duties": {"duty": "works-with"},
        "safe-address": {"kept": "no"},
    }
    return "".join(look.form(f"{_child(look)}/{at}", **fields) for at, fields in sent.items())


def sharing(look: Look) -> str:
    """What was asked, shared and not shared; and the forms, begun with every entry and every matter."""
    found = [look.get(f"{_child(look)}/sharing"), look.get(f"{_child(look)}/sharing/ask"), look.get("/requests")]
    found += [look.get(f"{_child(look)}/sharing/decide", entry=str(one)) for one in (_some(look), NOBODY)]
    found += [look.get(f"{_child(look)}/sharing/decide", asked=str(one)) for one in (*look.world.matters, NOBODY)]
    return "".join(found)


def sharing_sent(look: Look) -> str:
    """Its forms, sent with something missing; what was typed into them is kept."""
    at = f"{_child(look)}/sharing"
    found = [look.form(f"{at}/ask", asked="Z99104")]
    begun = ({f"entry-{one}": "on"} for one in (_some(look), NOBODY))
    found += [look.form(f"{at}/decide", outcome="share", recipient="TS-BRAMBLE", **one) for one in begun]
    for matter in (*look.world.matters, NOBODY):
        found.append(look.form(f"{at}/decide", outcome="not-share", asked=str(matter)))
        found.append(look.form(f"{at}/{matter}/release"))
        found.append(look.form(f"{at}/{matter}/end"))
    return "".join(found)


def ledger(look: Look) -> str:
    """The ledger of sharing."""
    return look.get("/sharing-ledger")


def emergency(look: Look) -> str:
    """The page about it, also begun with the child; and the reviews."""
    return look.get("/emergency") + look.get("/emergency", child=str(look.child)) + look.get("/emergency/reviews")


def emergency_sent(look: Look) -> str:
    """Its forms, sent with something missing."""
    found = [look.form("/emergency", child=str(look.child)), look.form("/emergency", system="chi", value=NUMBERS[0])]
    for one in (look.world.emergency, NOBODY):
        found.append(look.form(f"/emergency/{one}/reason", reason=""))
        found.append(look.form(f"/emergency/{one}/review", finding="no-such"))
        if look.who != "shona":
            found.append(look.form(f"/emergency/{one}/end"))
        if look.who not in ("fiona", "eilidh"):
            found.append(look.form(f"/emergency/{one}/noted"))
    return "".join(found)


def readings(look: Look) -> str:
    """Recorded readings explained."""
    found = [look.get("/waiting"), look.form(f"/waiting/{NOBODY}")]
    found += [look.get(f"/log/{one}") for one in (*readings_of(look), NOBODY)]
    return "".join([*found, *(look.get(f"/log/{one}", entry=str(_some(look))) for one in readings_of(look))])


def views(look: Look) -> str:
    """What follows from the entries, now and yesterday; and its forms, sent with an entry that is none."""
    at = f"{_child(look)}/patterns"
    found = [
        look.get(at, **look.ground),
        look.get(at, **look.ground, known="31/10/2026"),
        look.get(at, known="31/2/2024"),
    ]
    pair = {"one": str(_some(look)), "other": str(NOBODY)}
    return "".join([*found, *(look.form(f"{at}/{what}", **pair) for what in ("join", "keep-apart", "compare-anew"))])


def quality(look: Look) -> str:
    """What could be better, now and yesterday, and on a day that is none."""
    at = f"{_child(look)}/quality"
    days: list[dict[str, str]] = [{}, {"known": "31/10/2026"}, {"known": "31/2/2024"}]
    return "".join(look.get(at, **look.ground, **day) for day in days)


def editions(look: Look) -> str:
    """The editions of the child, the one there is and none, compared with one another, and how one is prepared."""
    at, one = f"{_child(look)}/editions", look.world.edition
    found = [look.get(at), look.get(f"{at}/prepare"), look.get(f"{at}/{one}"), look.get(f"{at}/{NOBODY}")]
    found += [look.get(f"{at}/compare", older=str(one), newer=str(newer)) for newer in (one, NOBODY, "nothing")]
    parts = ("entries", "write/meaning", "write/nothing", "asked", "audience", "freeze")
    return "".join([*found, *(look.get(f"{at}/{edition}/{part}") for edition in (one, NOBODY) for part in parts)])


def editions_sent(look: Look) -> str:
    """The forms of it, sent with something missing, on the edition there is, which is frozen, and on none."""
    at = f"{_child(look)}/editions"
    found = [look.form(f"{at}/prepare", purpose="assistance"), look.form(f"{at}/prepare", since="31/2/2024")]
    for edition in (look.world.edition, NOBODY):
        parts = ("entries", "write/meaning", "asked", "audience", "refresh", "freeze")
        found += [look.form(f"{at}/{edition}/{part}", **{f"entry-{_some(look)}": "on"}) for part in parts]
    return "".join(found)


def knowing(look: Look) -> str:
    """Who knew what when, now and yesterday; and corrections, of entries there are and of one that is not."""
    path = f"{_child(look)}/who-knew"
    found = [look.get(path), look.get(path, known="31/10/2026"), look.get(path, known="31/2/2024")]
    found.append(look.get("/corrections"))
    for one in (_some(look), NOBODY):
        found += [look.get(f"/corrections/{one}"), look.form(f"/corrections/{one}/note", revision="9")]
    return "".join(found)


def inbox(look: Look) -> str:
    """What is new, and the form in which somebody says what they do about an entry, there or not."""
    forms = [f"{_child(look)}/entries/{one}/answer" for one in (_some(look), NOBODY)]
    found = [look.get("/inbox"), *(look.get(one, what="acting") for one in forms)]
    found += [look.form(one, what=what) for one in forms for what in ("acting", "nothing")]
    seen = (f"{_child(look)}/entries/{one}/answer" for one in (look.world.entries["withheld"], NOBODY))
    return "".join([*found, *(look.form(one, what="seen") for one in seen)])


def unanswered(look: Look) -> str:
    """Concerns without an answer, of the child and of all, today and on a day that is none."""
    paths = (f"{_child(look)}/unanswered", "/unanswered")
    return "".join(look.get(path, **day) for path in paths for day in ({}, {"at": "31/2/2024"}))


def contributing(look: Look) -> str:
    """The forms in which something is added, also about an entry, there or not; sent with something missing."""
    child = _child(look)
    found = [look.get(f"{child}/add", **look.ground), look.form(f"{child}/add", headline="x")]
    for one in (_some(look), NOBODY):
        at = f"{child}/entries/{one}"
        found += [look.get(f"{at}/{what}", **look.ground) for what in ("add", "correct")]
        found += [look.form(f"{at}/{what}", cites=str(one)) for what in ("add", "correct", "take-back")]
    return "".join(found)


def _child(look: Look) -> str:
    return f"/children/{look.child}"


def _some(look: Look) -> UUID:
    """An entry that is sealed to most, once there is one."""
    return look.world.entries.get("adoption", look.world.entries["private"])


CHANNELS: dict[str, Channel] = {
    "inbox pages": inbox,
    "unanswered pages": unanswered,
    "contributing pages": contributing,
    "own pages": own,
    "chronology page": chronology,
    "chronology page of a past day": past,
    "why page": why,
    "working-with page": card,
    "consents page": consents,
    "consents forms": consents_sent,
    "sharing pages": sharing,
    "sharing forms": sharing_sent,
    "sharing ledger page": ledger,
    "emergency pages": emergency,
    "emergency forms": emergency_sent,
    "reading pages": readings,
    "patterns pages": views,
    "quality page": quality,
    "edition pages": editions,
    "edition forms": editions_sent,
    "knowing pages": knowing,
}
