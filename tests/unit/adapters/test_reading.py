"""Whatever bytes arrive, reading ends in a value or in one clear refusal."""

from __future__ import annotations

import pytest

from adapters.reading import MOST_XML, Unreadable, read_json, read_text, read_xml, unreadable_refusal
from hub.update import Delivery

BILLION_LAUGHS = b"""<?xml version="1.0"?>
<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]><l>&c;</l>"""
OUTSIDE_FILE = b'<!-- first --><!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/hostname">]><l>&x;</l>'


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b" \n ", "empty"),
        (b'{"a": 1', "json-malformed"),
        (b"[1] and more", "json-malformed"),
        (b'{"a": 1, "b": {"c": 1, "c": 2}}', "json-duplicate-key"),
        (b"[" * 200_000, "json-too-deep"),
        (b"[" * 33 + b"]" * 33, "json-too-deep"),
        (b'{"a":' * 200_000, "json-too-deep"),
        (b"[NaN]", "json-number"),
        (b"[-Infinity]", "json-number"),
        (b"[1e999]", "json-number"),
        (b"[18446744073709551616]", "json-number"),
        (b"[-9223372036854775809]", "json-number"),
        (b"[" + b"9" * 1_000_000 + b"]", "json-number"),
        (b'["\\u0000"]', "nul-character"),
        (b'["a\x00b"]', "nul-character"),
        (b'["\\ud800"]', "wrong-encoding"),
        (b'{"\\udfff": 1}', "wrong-encoding"),
        ('["é"]'.encode("cp1252"), "wrong-encoding"),
        ('["é"]'.encode("utf-16"), "wrong-encoding"),
        (b'["\xed\xa0\x80"]', "wrong-encoding"),
    ],
)
def test_json_that_is_not_one_sound_text_is_refused_with_its_reason(content: bytes, reason: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_json(content)

    assert refused.value.reason == reason
    assert refused.value.next_step


def test_sound_json_is_read_with_or_without_a_mark_at_its_start() -> None:
    text = '{"a": [1, 2.5, "é😀", true, null, 18446744073709551615]}'.encode()

    assert read_json(text) == read_json(b"\xef\xbb\xbf" + text) == {"a": [1, 2.5, "é😀", True, None, 2**64 - 1]}


def test_thirty_two_levels_of_json_are_allowed() -> None:
    assert read_json(b"[" * 32 + b"]" * 32)


def test_a_repeated_key_is_placed_by_line_and_no_key_is_said() -> None:
    with pytest.raises(Unreadable) as refused:
        read_json(b'{"entry": [{"Ada Fernie": {"x": 1, "x": 2}}]}')

    assert refused.value.place == "line 1, column 27"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"hello", "xml-malformed"),
        (b"<a><b></a>", "xml-malformed"),
        (b"<a>&unknown;</a>", "xml-malformed"),
        (BILLION_LAUGHS, "xml-doctype"),
        (OUTSIDE_FILE, "xml-doctype"),
        (b"\xef\xbb\xbf<!DOCTYPE a><a/>", "xml-doctype"),
        (b"<a>" * 200_000, "xml-too-deep"),
        (b"<a>" * 65 + b"</a>" * 65, "xml-too-deep"),
        (b"<a>\xe9</a>", "wrong-encoding"),
        ("<a/>".encode("utf-16"), "wrong-encoding"),
        (b'<?xml version="1.0" encoding="utf-7"?><a/>', "wrong-encoding"),
        (b"<a>\x00</a>", "nul-character"),
    ],
)
def test_xml_that_is_not_one_sound_document_is_refused_with_its_reason(content: bytes, reason: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_xml(content)

    assert refused.value.reason == reason
    assert refused.value.next_step


def test_sound_xml_is_read_in_the_encodings_agencies_use() -> None:
    declared = '<?xml version="1.0" encoding="windows-1252"?><a>\u2019</a>'.encode("cp1252")

    assert read_xml(declared).text == read_xml("<a>\u2019</a>".encode()).text == "\u2019"
    assert read_xml(b"<a><!-- <!DOCTYPE is only mentioned --></a>").tag == "a"
    assert read_xml(b"<a>" * 64 + b"</a>" * 64).tag == "a"


def test_text_in_windows_encoding_is_read_and_its_defect_noted() -> None:
    text, defects = read_text("Siobhán\u2013s note".encode("cp1252"))

    assert text == "Siobhán\u2013s note"
    assert [defect.code for defect in defects] == ["wrong-encoding"]


def test_text_in_utf8_has_no_defect_and_loses_its_mark() -> None:
    assert read_text(b"\xef\xbb\xbfa,b") == ("a,b", ())


@pytest.mark.parametrize(
    "content", [b"", b"a\x00b", b"\x81", b"\xed\xa0\x80", "a".encode("utf-16"), "a".encode("utf-32")]
)
def test_text_that_cannot_be_read_with_certainty_is_refused(content: bytes) -> None:
    with pytest.raises(Unreadable):
        read_text(content)


def test_a_refused_file_keeps_all_its_bytes_and_quotes_none_of_them() -> None:
    delivery = Delivery("nems", "Ada Fernie.xml", b"<secret>Ada Fernie")
    with pytest.raises(Unreadable) as refused:
        read_xml(delivery.content)

    record = unreadable_refusal(delivery, refused.value)

    assert (record.source, record.reason, record.original) == ("nems", "xml-malformed", delivery.content)
    assert record.media_type == "application/xml"
    assert not any(word in f"{record.message}{record.next_step}{record.place}" for word in ("Ada", "Fernie", "secret"))


@pytest.mark.parametrize(
    "content",
    [
        b"<a>" + b"<a/>" * 300_000 + b"</a>",
        b"<a>" + b"<a>x</a>" * 300_000 + b"</a>",
        b"<a>" + b'<a b="" c=""/>' * 200_000 + b"</a>",
        b"<a>" + b"<a/>            " * (MOST_XML + 1) + b"</a>",
    ],
)
def test_more_elements_or_attributes_than_a_file_of_its_size_has_are_counted_before_they_are_built(
    content: bytes,
) -> None:
    with pytest.raises(Unreadable) as refused:
        read_xml(content)

    assert refused.value.reason == "xml-too-many-elements"


def test_as_many_elements_as_real_files_have_are_read() -> None:
    one = b"<CINreferralDate>2024-10-15</CINreferralDate>"

    assert len(read_xml(b"<a>" + one * 500_000 + b"</a>")) == 500_000
    assert len(read_xml(b"<a>" + b"<a/>" * 200_000 + b"</a>")) == 200_000
