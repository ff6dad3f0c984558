"""The hardened edge: the one place where bytes from outside become text, JSON or XML, or are refused.

Whatever arrives, reading takes time in proportion to its length and ends in a value or in `Unreadable`,
which says what is wrong, where, and what the sender should do; it never quotes what it read. The size
of a file is checked by the door, before it comes here.
"""

from __future__ import annotations

import re
from typing import NoReturn

from lxml import etree

from adapters.reading import strict_json
from adapters.reading.unreadable import JSON_MEDIA, TEXT_MEDIA, XML_MEDIA, Unreadable, unreadable_refusal
from hub.update import Defect

__all__ = [
    "JSON_MEDIA",
    "MOST_XML",
    "TEXT_MEDIA",
    "XML_MEDIA",
    "Unreadable",
    "read_json",
    "read_text",
    "read_xml",
    "unreadable_refusal",
]

XML_DEPTH = 64

MOST_XML = 1_500_000
"""Elements and attributes of one document, counted from above: one for every 45 bytes of 64 MiB, as many as the
censuses that are published have. Measured, so many cost at most about 600 MB of memory.
"""

_XML_FREE, _XML_BYTES_EACH = 250_000, 8
"""From so many on, each needs so many bytes of the file: real ones have 20 to 45, and a file of less is a bomb."""

_WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
_SURROGATE_BYTES = re.compile(rb"\xed[\xa0-\xbf][\x80-\xbf]")
_DECLARATION = re.compile(rb"""\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_PROLOG = re.compile(rb"(?:\s+|<\?.*?\?>|<!--.*?-->)*+", re.DOTALL)
_XML_ENCODINGS = frozenset({"utf-8", "us-ascii", "ascii", "iso-8859-1", "iso-8859-15", "windows-1252"})
_TOO_DEEP = etree.XPath(f"boolean({'/*' * (XML_DEPTH + 1)})")


def read_text(content: bytes) -> tuple[str, tuple[Defect, ...]]:
    """Text from UTF-8, with or without its mark; Windows-1252 is read too, and said so as a defect.

    Raises Unreadable for UTF-16, UTF-32, NUL characters, lone surrogates and an empty file.
    """
    _refuse_wide_or_nul(content, TEXT_MEDIA)
    try:
        return content.decode("utf-8-sig"), ()
    except UnicodeDecodeError as error:
        return _read_windows(content, error.start)


def read_json(content: bytes) -> object:
    """The value of one JSON text in UTF-8: dicts, lists, strings, numbers, booleans, None.

    Raises Unreadable beyond 32 levels, for a repeated key, an integer beyond 64 bits, NaN or infinity,
    NUL characters and lone surrogates, and for anything that is not one whole JSON text.
    """
    return strict_json.decode(_utf8(content, JSON_MEDIA))


def read_xml(content: bytes, most: int = MOST_XML) -> etree._Element:
    """The root element of one XML document, comments and processing instructions left out.

    Raises Unreadable for a document type declaration, an encoding other than UTF-8, Latin-1, Latin-9 or
    Windows-1252, more than 64 levels, more than `most` elements and attributes, and anything that is not one whole
    document.
    """
    _refuse_wide_or_nul(content, XML_MEDIA)
    _refuse_many(content, most)
    _check_xml_encoding(content)
    _refuse_doctype(content)
    try:
        root = etree.fromstring(content, _xml_parser())
    except etree.XMLSyntaxError as error:
        _refuse_syntax(error)
    if root.getroottree().docinfo.internalDTD is not None:
        _refuse_xml("xml-doctype", "", "The XML declares a document type, which is never read.")
    if _TOO_DEEP(root):
        _refuse_xml("xml-too-deep", "", f"The XML is nested more than {XML_DEPTH} levels deep.")
    return root


def _xml_parser() -> etree.XMLParser:
    """A new parser for each document: no state is carried from one file to the next."""
    return etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        no_network=True,
        huge_tree=False,
        recover=False,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
    )


def _refuse_syntax(error: etree.XMLSyntaxError) -> NoReturn:
    line, column = error.position
    deep = "depth" in (error.msg or "").lower()
    _refuse_xml(
        "xml-too-deep" if deep else "xml-malformed",
        f"line {line}, column {column}",
        f"The XML is nested more than {XML_DEPTH} levels deep." if deep else "The file is not whole, well-formed XML.",
    )


def _check_xml_encoding(content: bytes) -> None:
    declared = _DECLARATION.match(content.removeprefix(b"\xef\xbb\xbf"))
    encoding = declared.group(1).decode("ascii").lower() if declared else "utf-8"
    if encoding not in _XML_ENCODINGS:
        _refuse_xml("wrong-encoding", "line 1", "The XML declares an encoding that the hub does not read.")
    if encoding == "utf-8":
        _utf8(content, XML_MEDIA)


def _refuse_many(content: bytes, most: int) -> None:
    """Nothing is built before it is counted: an element of four bytes takes a hundred and more in memory."""
    held = content.count(b"<") - content.count(b"</") + content.count(b"=")
    most = min(most, max(_XML_FREE, len(content) // _XML_BYTES_EACH))
    if held > most:
        _refuse_xml("xml-too-many-elements", "", f"The XML holds more than {most} elements and attributes.")


def _refuse_doctype(content: bytes) -> None:
    """A document type can stand only in the prolog, so a comment or a text that mentions one is no matter."""
    body = content.removeprefix(b"\xef\xbb\xbf")
    prolog = _PROLOG.match(body)
    end = prolog.end() if prolog else 0
    if body[end : end + 9].upper() == b"<!DOCTYPE":
        line = body.count(b"\n", 0, end) + 1
        _refuse_xml("xml-doctype", f"line {line}", "The XML declares a document type, which is never read.")


def _utf8(content: bytes, media_type: str) -> str:
    _refuse_wide_or_nul(content, media_type)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        _refuse_encoding(_place(content, error.start), "The file is not UTF-8 text.", media_type)


def _read_windows(content: bytes, start: int) -> tuple[str, tuple[Defect, ...]]:
    place = _place(content, start)
    if _SURROGATE_BYTES.search(content):
        _refuse_encoding(place, "The text holds half a character (a lone surrogate).", TEXT_MEDIA)
    try:
        text = content.decode("cp1252")
    except UnicodeDecodeError:
        _refuse_encoding(place, "The file is neither UTF-8 nor Windows-1252 text.", TEXT_MEDIA)
    return text, (Defect("wrong-encoding", place, "Not UTF-8; read as Windows-1252."),)


def _refuse_wide_or_nul(content: bytes, media_type: str) -> None:
    if not content.strip():
        raise Unreadable("empty", "", "The file is empty.", "Send the file again, complete.", media_type)
    if content.startswith(_WIDE_MARKS):
        _refuse_encoding("line 1", "The file is UTF-16 or UTF-32 text.", media_type)
    nul = content.find(b"\x00")
    if nul >= 0:
        raise Unreadable(
            "nul-character",
            _place(content, nul),
            "The file holds a NUL character.",
            "Send plain UTF-8 text without NUL characters.",
            media_type,
        )


def _refuse_encoding(place: str, message: str, media_type: str) -> NoReturn:
    raise Unreadable("wrong-encoding", place, message, "Send the file as UTF-8.", media_type)


def _refuse_xml(reason: str, place: str, message: str) -> NoReturn:
    next_step = "Send one complete XML document in UTF-8, without a document type, as the system exported it."
    raise Unreadable(reason, place, message, next_step, XML_MEDIA)


def _place(content: bytes, position: int) -> str:
    line = content.count(b"\n", 0, position) + 1
    column = position - content.rfind(b"\n", 0, position)
    return f"line {line}, byte {column}"
