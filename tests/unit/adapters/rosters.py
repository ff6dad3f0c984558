"""Rows and sets of an invented roster, full of what must never be kept, and how tests read them."""

from __future__ import annotations

import io
import zipfile

import msgspec

from adapters.oneroster import translate
from hub.update import Delivery, Refusal, Update

USERS = (
    "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,middleName,"
    "identifier,email,sms,phone,agentSourcedIds,grades,password\n"
)
USERS_2 = (
    "sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,familyName,middleName,identifier,email,"
    "sms,phone,agentSourcedIds,grades,password,prefferedGivenName,primaryOrgSourcedId\n"
)
ROLES = "sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId\n"
ENROLLED = (
    "sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate\n"
)
PEOPLE = "sourcedId,status,dateLastModified,birthDate,sex\n"
ORGS = "sourcedId,status,dateLastModified,name,type,identifier\n"
CANARIES = ("canarypw", "canary@mail.invalid", "01632960999", "canarylogin")
UNWANTED = "canary@mail.invalid,01632960999,01632960999,u-jean,P2,CanaryPw-1"
UPN = "{UPN:B928999922014}"
ISLA = f"u-isla,active,2026-01-12T08:15:00.000Z,true,SCH,student,canarylogin,{UPN},Isla,Lennox,,x,{UNWANTED}\n"
JEAN = f"u-jean,active,2026-01-12,true,SCH,parent,canarylogin,,Jean,Lennox,,x,{UNWANTED}\n"
CALUM = f"u-calum,active,,true,SCH,teacher,canarylogin,,Calum,Reid,,x,{UNWANTED}\n"
PLACE = "e-1,active,2026-01-12,c-1,SCH,u-isla,student,,2025-08-18,2026-06-26\n"
MANIFEST = "propertyName,value\nmanifest.version,1.0\noneroster.version,1.2\nsource.systemCode,rowan\n"


def read(content: str | bytes, name: str = "rowan_users.csv") -> list[Update | Refusal]:
    return list(translate(delivery(content, name)))


def delivery(content: str | bytes, name: str = "rowan_users.csv") -> Delivery:
    return Delivery("oneroster", name, content.encode() if isinstance(content, str) else content)


def update(content: str | bytes, name: str = "rowan_users.csv") -> Update:
    (one,) = read(content, name)
    assert isinstance(one, Update), one
    return one


def refusal(content: str | bytes, name: str = "rowan_users.csv") -> Refusal:
    (one,) = read(content, name)
    assert isinstance(one, Refusal), one
    return one


def packed(tables: dict[str, str], modes: str = "", folder: str = "") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{folder}manifest.csv", MANIFEST + modes)
        for name, text in tables.items():
            archive.writestr(f"{folder}{name}.csv", text)
    return out.getvalue()


def said(one: Update | Refusal) -> bytes:
    return (msgspec.json.encode(msgspec.to_builtins(one)) + one.original).lower()


def leaked(found: list[Update | Refusal]) -> list[str]:
    return [canary for one in found for canary in CANARIES if canary.encode() in said(one)]


WHOLE = {
    "users": USERS_2
    + f"u-isla,,,true,canarylogin,,Isla,Lennox,,x,{UNWANTED},Izzy,SCH\n"
    + f"u-jean,,,true,canarylogin,,Jean,Lennox,,x,{UNWANTED},,SCH\n"
    + f"u-calum,,,true,canarylogin,,Calum,Reid,,x,{UNWANTED},,SCH\n",
    "roles": ROLES
    + "r1,,,u-isla,primary,student,,,SCH\nr2,,,u-jean,primary,guardian,,,SCH\nr3,,,u-calum,primary,teacher,,,SCH\n",
    "demographics": PEOPLE + "u-isla,,,14/03/2019,female\nu-calum,,,1980-01-02,male\n",
    "orgs": ORGS + "SCH,,,Rowanbank Primary School,school,\n",
    "enrollments": ENROLLED + PLACE + "e-2,,,c-1,SCH,u-calum,teacher,true,2025-08-18,2026-06-26\n",
}
BULK = "file.users,bulk\nfile.roles,bulk\nfile.demographics,bulk\nfile.orgs,bulk\nfile.enrollments,bulk\n"
SET = "rowan_2025-08-20_oneroster.zip"
