"""What a command was given is read, or refused in words."""

import errno

import pytest

from kentongan.kit.given import FileNotText, NotADay, day_given, text_given, why_refused


def test_the_text_of_a_file_comes_without_its_mark_of_encoding(tmp_path):
    (tmp_path / "nilai.csv").write_bytes("kode,nilai\n".encode("utf-8-sig"))

    assert text_given(tmp_path / "nilai.csv") == "kode,nilai\n"


def test_a_file_that_is_not_there_a_folder_and_one_in_another_encoding_are_refused_in_words(tmp_path):
    (tmp_path / "lama.csv").write_bytes("Soé".encode("latin-1"))

    for given, said in (("tiada.csv", "tidak ditemukan"), ("", "itu folder"), ("lama.csv", "bukan teks UTF-8")):
        with pytest.raises(FileNotText, match=said):
            text_given(tmp_path / given)


@pytest.mark.parametrize("word", ["kemarin", "31-12-2025", "", "0001-01-01", "9999-12-31"])
def test_a_word_that_names_no_day_is_refused(word):
    with pytest.raises(NotADay, match=repr(word)):
        day_given(word)


def test_what_the_system_refuses_seldom_is_said_in_its_own_words():
    assert why_refused(OSError(errno.ENOTEMPTY, "Directory not empty")) == "Directory not empty"
    assert why_refused(OSError("no number")) == "no number"
    assert why_refused(TimeoutError()) == "tidak menjawab pada waktunya"
