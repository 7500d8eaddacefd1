"""CAP files that are refused, each with the element named, and what a parser must not do for a stranger."""

import time

import pytest
from django.utils import translation

from kentongan.alerts.cap.reading import MOST_BYTES, CapFault, NotCap, read
from kentongan.alerts.cap.wording import SENTENCES, CapRefused, sentence

from .cap_messages import SMUGGLING, bent

CAP = 'xmlns="urn:oasis:names:tc:emergency:cap:1.2"'


def faults_of(content):
    with pytest.raises(NotCap) as refused:
        read(content)
    assert all(sentence(fault).startswith(fault.path) for fault in refused.value.faults)
    return [(fault.path, fault.code) for fault in refused.value.faults]


@pytest.mark.parametrize(
    ("old", "new", "path", "code"),
    [
        ("<sent>2026-03-04T09:30:00+09:00", "<sent>2026-03-04T00:30:00Z", "alert/sent", "not_an_instant"),
        ("<sent>2026-03-04T09:30:00+09:00", "<sent>2026-02-30T09:30:00+09:00", "alert/sent", "not_an_instant"),
        ("<sent>2026-03-04T09:30:00+09:00", "<sent>2026-03-04T09:30:00+15:00", "alert/sent", "not_an_instant"),
        ("<status>Actual", "<status>actual", "alert/status", "not_one_of"),
        ("<status>Actual</status>", "", "alert/status", "missing"),
        ("<scope>", "<scope>Public</scope><scope>", "alert/scope[2]", "repeated"),
        ("PNTL-2026-0007", "PNTL 2026", "alert/identifier", "forbidden_sign"),
        ("PNTL-2026-0007", "", "alert/identifier", "forbidden_sign"),
        ("komando@pntl.example", "a,b", "alert/sender", "forbidden_sign"),
        ("<restriction>Untuk instansi perbatasan</restriction>", "", "alert/restriction", "needed_when_restricted"),
        ("<scope>Restricted", "<scope>Private", "alert/addresses", "needed_when_private"),
        ("<msgType>Alert", "<msgType>Update", "alert/references", "needed_to_follow"),
        ("</restriction>", "</restriction><references>x,y</references>", "alert/references", "not_a_reference"),
        ("</restriction>", '</restriction><addresses>a "b</addresses>', "alert/addresses", "not_a_list"),
        ("<language>pt", "<language>bahasa Indonesia", "alert/info[1]/language", "not_a_language"),
        ("<event>Contrabando</event>", "<event> </event>", "alert/info[1]/event", "empty"),
        ("<category>Security</category>", "<category>Keamanan</category>", "alert/info[1]/category[1]", "not_one_of"),
        ("<senderName>", "<web>urn:x</web><senderName>", "alert/info[1]/web", "out_of_order"),
        ("<restriction>", "<sent>2026-03-04T09:30:00+09:00</sent><restriction>", "alert/sent[2]", "repeated"),
        ("<description>", "<deskripsi/><description>", "alert/info[1]/deskripsi", "unknown"),
        ("<description>", "<x:p xmlns:x='urn:x'/><description>", "alert/info[1]/p", "unknown"),
        ("<event>Contrabando", "<event><b>Contrabando</b>", "alert/info[1]/event", "elements_inside"),
        ("<description>Cami", "<description kind='x'>Cami", "alert/info[1]/description", "attribute"),
        ("<areaDesc>", "di sini <areaDesc>", "alert/info[2]/area[1]", "stray_text"),
        ("-8.98,124.92</polygon>", "-8.99,124.92</polygon>", "alert/info[2]/area[1]/polygon[1]", "not_closed"),
        ("-8.98,124.94", "-98.0,124.94", "alert/info[2]/area[1]/polygon[1]", "not_a_polygon"),
        ("<geocode>", "<circle>-8.98 124.92 1</circle><geocode>", "alert/info[2]/area[1]/circle[1]", "not_a_circle"),
        ("</geocode>", "</geocode><ceiling>12</ceiling>", "alert/info[2]/area[1]/altitude", "needed_for_ceiling"),
        ("</geocode>", "</geocode><altitude>tinggi</altitude>", "alert/info[2]/area[1]/altitude", "not_a_number"),
        ("<value>53.04.02.2001</value>", "", "alert/info[2]/area[1]/geocode[1]/value", "missing"),
        ("cap:1.2", "cap:1.1", "alert", "not_cap_12"),
        ("</alert>", "", "alert", "not_xml"),
    ],
)
def test_a_fault_names_its_element(old, new, path, code):
    found = faults_of(bent(old, new))

    assert (path, code) in found


def test_all_faults_come_at_once_and_in_indonesian():
    content = bent(
        "<status>Actual", "<status>Nyata", within=bent("<event>Contrabando</event>", "", within=bent("+09:00", "Z"))
    )

    with pytest.raises(NotCap) as refused, translation.override("id"):
        read(content)
    refusal = CapRefused(refused.value.faults)

    assert [fault.field for fault in refusal.faults] == ["alert/sent", "alert/status", "alert/info[1]/event"]
    assert refusal.details[1] == (
        "alert/status (baris 6): berisi “Nyata”; seharusnya salah satu dari: Actual, Exercise, System, Test, Draft."
    )


def test_every_sentence_can_be_said_and_names_its_element():
    assert all(sentence(CapFault("alert/note", code)).startswith("alert/note: ") for code in SENTENCES)


# --- what a stranger's file must not make us do ---


def test_a_file_of_this_machine_is_not_read(tmp_path):
    secret = tmp_path / "rahasia.txt"
    secret.write_text("SANGAT-RAHASIA")
    content = bent(
        "<alert ",
        f'<!DOCTYPE alert [<!ENTITY x SYSTEM "{secret.as_uri()}">]><alert ',
        within=bent("Contrabando", "&x;"),
    )

    with pytest.raises(NotCap) as refused:
        read(content)

    assert [fault.code for fault in refused.value.faults] == ["doctype"]
    assert "SANGAT-RAHASIA" not in repr(refused.value.faults)


def test_no_address_is_opened(monkeypatch):
    import socket

    def refuse(*_args, **_more):
        raise AssertionError("the parser reached out")

    monkeypatch.setattr(socket, "create_connection", refuse)
    outside = '<!DOCTYPE alert SYSTEM "http://192.0.2.1/cap.dtd"><alert '

    assert faults_of(bent("<alert ", outside)) == [("alert", "doctype")]


def test_what_expands_without_end_is_not_expanded():
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    content = bent(
        "<alert ", f'<!DOCTYPE alert [<!ENTITY l0 "ha">{laughs}]><alert ', within=bent("Contrabando", "&l9;")
    )
    began = time.process_time()

    assert faults_of(content) == [("alert", "doctype")]
    assert time.process_time() - began < 1


def test_what_expands_in_an_attribute_is_not_expanded():
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 9))
    content = bent(
        "<event>", '<event x="&l8;">', within=bent("<alert ", f'<!DOCTYPE alert [<!ENTITY l0 "ha">{laughs}]><alert ')
    )

    assert faults_of(content) == [("alert", "doctype")]


def test_a_document_type_in_another_encoding_is_refused_too():
    document = f'<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE alert [<!ENTITY x "y">]><alert {CAP}/>'

    assert faults_of(document.encode("utf-16")) == [("alert", "doctype")]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "no_content"),
        (b" \n", "no_content"),
        (b"%PDF-1.7", "not_xml"),
        (b"\x00\x01", "not_xml"),
        (b"<html/>", "not_cap_12"),
        (b"<a>" * 5000, "not_xml"),
        (SMUGGLING + b" " * MOST_BYTES, "too_long"),
    ],
    ids=["nothing", "blank", "pdf", "bytes", "html", "deep", "long"],
)
def test_what_is_no_cap_at_all_is_said_so(content, code):
    assert faults_of(content) == [("alert", code)]


def test_a_message_with_comments_in_its_words_is_read_whole():
    assert read(bent("Contrabando", "Contra<!-- sisipan -->bando")).infos[0].event == "Contrabando"


def test_a_signature_is_let_pass_and_is_not_the_message():
    signature = '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignedInfo/></Signature></alert>'

    assert read(bent("</alert>", signature)) == read(SMUGGLING)
