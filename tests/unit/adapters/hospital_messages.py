"""Tiny invented HL7 v2 messages, for the tests to bend."""

from __future__ import annotations

from adapters.hl7v2 import translate
from hub.update import Delivery, Refusal, Translated, Update

CHILD, OTHER_CHILD = "9990010102", "9990010110"
NEXT_OF_KIN = "NK1|1|Fernie^Mhairi|MTH|2 Hidden Lane^^Nowhere^^ZZ99 1AA|01632 960111||mhairi@fernie.example"
HOSPITAL_NUMBER = "H77^^^HILL^MR"


def a_header(kind: str = "ADT^A01", at: str = "20230301103000", number: str = "1") -> str:
    return f"MSH|^~\\&|PAS|Z99H2|HUB|HUB|{at}||{kind}|{number}|P|2.4"


def an_event(trigger: str = "A01", at: str = "20230301103000") -> str:
    return f"EVN|{trigger}|{at}|||D1^Orr^Jean^^^Dr"


def a_patient(numbers: str = f"{HOSPITAL_NUMBER}~{CHILD}^^^NHS^NH", name: str = "Fernie^Ada", more: str = "") -> str:
    home = "2 Hidden Lane^^Nowhere^^ZZ99 1AA"
    return f"PID|1||{numbers}||{name}|Fernie^Mhairi|20180504|F|||{home}||01632 960111{more}"


def a_visit(kind: str = "I", number: str = "V1", begins: str = "20230301100000", ends: str = "", vip: str = "") -> str:
    fields = {0: "PV1", 2: kind, 3: "Ward 4^^^Hill Hospital", 10: "420", 16: vip, 19: number, 44: begins, 45: ends}
    return "|".join(fields.get(at, "") for at in range(46))


def an_order(number: str = "L1", status: str = "F") -> str:
    fields = {0: "OBR", 1: "1", 2: "P1", 3: number, 4: "FBC^Full blood count^LOCAL", 7: "20230301110000", 25: status}
    return "|".join(fields.get(at, "") for at in range(26))


def a_value(said: str = "118", status: str = "F", kind: str = "NM") -> str:
    return f"OBX|1|{kind}|HB^Haemoglobin^LOCAL||{said}|g/L|105 - 135||||{status}"


def a_message(*segments: str) -> bytes:
    return "".join(f"{segment}\r" for segment in segments).encode()


def an_admission(trigger: str = "A01", **visit: str) -> bytes:
    return a_message(a_header(f"ADT^{trigger}"), an_event(trigger), a_patient(), NEXT_OF_KIN, a_visit(**visit))


def a_result(*values: str, order: str = "") -> bytes:
    return a_message(a_header("ORU^R01"), a_patient(), order or an_order(), *(values or (a_value(),)))


def read(content: bytes) -> list[Translated]:
    return list(translate(Delivery("hl7v2", "messages.hl7", content)))


def update(content: bytes) -> Update:
    """The only record, which must be an update."""
    (one,) = read(content)
    assert isinstance(one, Update)
    return one


def refusal(content: bytes) -> Refusal:
    """The only record, which must be a refusal."""
    (one,) = read(content)
    assert isinstance(one, Refusal)
    return one
