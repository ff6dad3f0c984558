"""The channels of the prompt: every command that shows a person something of a child, as a table and as JSON."""

from __future__ import annotations

from tests.fix_hub import ROOT
from tests.leaking.api import NUMBERS, readings_of
from tests.leaking.looking import Channel, Look
from tests.leaking.world import NOBODY


def _ground(look: Look) -> tuple[str, ...]:
    return ("--purpose", look.ground["purpose"], "--basis", look.ground["basis"])


def chronology(look: Look) -> str:
    """The story, and what became known since."""
    return look.type("chronology", look.child, *_ground(look)) + look.type(
        "chronology", look.child, *_ground(look), "--since", look.world.then
    )


def past(look: Look) -> str:
    """The story as it was."""
    return look.type("chronology", look.child, *_ground(look), "--known-at", look.world.then)


def explain(look: Look) -> str:
    """Why each entry is open or closed."""
    return "".join(look.type("explain", look.child, one, *_ground(look)) for one in look.some)


def children(look: Look) -> str:
    """One's own, and by every number."""
    found = [look.type("child", "find", "--system", "nhs-number", "--value", one) for one in NUMBERS]
    return "".join([look.type("child", "list"), *found])


def working(look: Look) -> str:
    """Who works with the child; and statements that lack something."""
    child = look.child
    return "".join(
        (
            look.type("involvement", child, *_ground(look)),
            look.type("consent", "give", child, "--recipient", "education", "--category", "nothing"),
            look.type("capacity", child, "--state", "nothing", "--reason", ""),
            look.type("duty", child, "--duty", "nothing", "--organisation", "NO-SUCH"),
            look.type("tie", child, "--person", "nobody-of-the-directory"),
            look.type("safe-address", "lift", child, "--reason", ""),
        )
    )


def sharing(look: Look) -> str:
    """What was asked and shared; and steps that lack something."""
    child, lacking = look.child, ("--wanted", "", "--why", "", "--due", "")
    found = [
        look.type("sharing", "list", child),
        look.type("sharing", "waiting"),
        look.type("sharing", "unanswered"),
        look.type("sharing", "not-shared"),
        look.type("sharing", "request", child, "--asked", "Z99104", *lacking),
    ]
    for one in (look.world.entries.get("adoption", NOBODY), NOBODY):
        said = ("--outcome", "share", "--what", "", "--reasons", "", "--entry", one)
        found.append(look.type("sharing", "decide", child, *said))
    for matter in (*look.world.matters, NOBODY):
        found.append(look.type("sharing", "decline", child, matter, "--reasons", ""))
        found.append(look.type("sharing", "release", child, matter))
        found.append(look.type("sharing", "end", child, matter, "--reason", ""))
    return "".join(found)


def emergency(look: Look) -> str:
    """What is open, told and waiting; and steps that lack something."""
    found = [look.type("emergency", one) for one in ("list", "told", "waiting")]
    found.append(look.type("emergency", "open", "--system", "nhs-number", "--value", NUMBERS[-1], "--reason", "x"))
    for one in (look.world.emergency, NOBODY):
        found.append(look.type("emergency", "reason", one, "--reason", ""))
        found.append(look.type("emergency", "review", one, "--finding", "no-such", json=False))
        if look.who != "shona":
            found.append(look.type("emergency", "end", one))
        if look.who not in ("fiona", "eilidh"):
            found.append(look.type("emergency", "acknowledge", one, json=False))
    return "".join(found)


def oversight(look: Look) -> str:
    """The access log, readings explained and worked out again, a draft over what really happened, who sees an entry."""
    found = [look.type("audit", "tail", "--limit", 200), look.type("audit", "replay"), look.type("audit", "attention")]
    found.append(look.type("audit", "note", NOBODY, json=False))
    found.append(look.type("policy", "what-if", ROOT / "policies"))
    found += [look.type("audit", "explain", one) for one in (*readings_of(look), NOBODY)]
    asked = ("--reason", "complaint")
    found += [look.type("policy", "who-sees", look.child, one, *asked) for one in look.some[:2]]
    return "".join(found)


def views(look: Look) -> str:
    """What follows from the entries, now and then; and what is said of two entries of which one is none."""
    child, pair = look.child, (look.world.entries.get("adoption", NOBODY), NOBODY)
    found = [look.type("views", child, *_ground(look))]
    found.append(look.type("views", child, *_ground(look), "--known-at", look.world.then))
    said = ("join", "keep-apart", "compare-anew")
    return "".join([*found, *(look.type("same", what, child, *pair, json=False) for what in said)])


def editions(look: Look) -> str:
    """The editions of the child, the one there is and none, compared; and steps that are refused of each."""
    child, one = look.child, look.world.edition
    found = [look.type("edition", "list", child), look.type("edition", "reviewed", child)]
    found.append(look.type("edition", "prepare", child, "--purpose", "gossip", "--for", "morag"))
    for edition in (one, NOBODY):
        found += [look.type("edition", "show", child, edition), look.type("edition", "diff", child, one, edition)]
        by_hand = (child, edition, *look.some, "--reason", "x")
        found += [look.type("edition", "include", *by_hand), look.type("edition", "exclude", *by_hand)]
        found.append(look.type("edition", "analyse", child, edition, "meaning", "--cite", NOBODY))
        found.append(look.type("edition", "ask", child, edition, "TS-HAVEN", "--answer", "refused"))
        found += [look.type("edition", "refresh", child, edition), look.type("edition", "freeze", child, edition)]
    return "".join(found)


def quality(look: Look) -> str:
    """What could be better, now and then."""
    found = look.type("quality", look.child, *_ground(look))
    return found + look.type("quality", look.child, *_ground(look), "--known-at", look.world.then)


def knowing(look: Look) -> str:
    """Who knew what when, now and then; and corrections, of an entry there is and of one that is not."""
    found = [look.type("who-knew", look.child), look.type("who-knew", look.child, "--at", look.world.then)]
    found += [look.type("corrections", "list"), look.type("corrections", "who")]
    for one in (look.world.entries.get("adoption", NOBODY), NOBODY):
        found.append(look.type("corrections", "who", one))
        found.append(look.type("corrections", "acknowledge", one, "9", json=False))
    return "".join(found)


def inbox(look: Look) -> str:
    """What is new, what came since one last looked, one's word on entries, and concerns without an answer."""
    found = [look.type("inbox"), look.type("chronology", look.child, *_ground(look), "--since", "last")]
    found += [look.type("acknowledge", look.child, one, "seen", json=False) for one in look.some]
    return "".join([*found, look.type("unanswered", look.child), look.type("unanswered")])


def contributing(look: Look) -> str:
    """What is added by hand about entries, there or not; each lacks something, or is nobody's to write."""
    said = ("--start", "2020", "--headline", "x", "--assertion", "fact", "--source-kind", "document")
    found = [look.type("entry", "add", look.child, *said, "--also", "sensitivity=none", json=False)]
    for one in look.some:
        at = (look.child, one)
        found += [look.type("entry", what, *at, *said, json=False) for what in ("resolve", "correct")]
        found.append(look.type("entry", "take-back", *at, "--reason", "x", json=False))
        missing = (*said[:-1], "no-such")
        found += [look.type("entry", what, *at, *missing, json=False) for what in ("outcome", "disagree")]
        found.append(look.type("entry", "view", *at, *missing, "--whose", "child", json=False))
    return "".join(found)


CHANNELS: dict[str, Channel] = {
    "contributing at the prompt": contributing,
    "inbox at the prompt": inbox,
    "editions at the prompt": editions,
    "chronology at the prompt": chronology,
    "chronology of a past day at the prompt": past,
    "explain at the prompt": explain,
    "children at the prompt": children,
    "working at the prompt": working,
    "sharing at the prompt": sharing,
    "emergency at the prompt": emergency,
    "oversight at the prompt": oversight,
    "views at the prompt": views,
    "quality at the prompt": quality,
    "knowing at the prompt": knowing,
}
