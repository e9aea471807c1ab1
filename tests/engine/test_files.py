"""Files are written whole or not at all."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from playground.engine.files import check_out_dir, out_dir, write_all, write_whole
from playground.engine.schema import SpecError


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_replaced_in_one_step(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old")
    with write_whole(path) as temporary:
        temporary.write_text("new")
        assert path.read_text() == "old" and temporary.parent == tmp_path
    assert path.read_text() == "new" and names(tmp_path) == ["a.txt"]


def test_whatever_goes_wrong_the_old_file_is_still_there(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old")
    with pytest.raises(ZeroDivisionError), write_whole(path) as temporary:
        temporary.write_text("half")
        raise ZeroDivisionError
    assert path.read_text() == "old" and names(tmp_path) == ["a.txt"]


def test_a_full_disk_is_told_in_one_sentence(tmp_path: Path) -> None:
    with (
        pytest.raises(SpecError, match="the disk is full; free some space") as caught,
        write_whole(tmp_path / "a"),
    ):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert str(tmp_path) in str(caught.value) and names(tmp_path) == []


def test_a_link_keeps_pointing_to_the_file(tmp_path: Path) -> None:
    real, link = tmp_path / "real.txt", tmp_path / "link.txt"
    real.write_text("old")
    link.symlink_to(real)
    with write_whole(link) as temporary:
        temporary.write_text("new")
    assert link.is_symlink() and real.read_text() == "new"


def test_a_folder_in_the_place_of_a_file(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="is a folder: name a file in it"), write_whole(tmp_path):
        raise AssertionError("the body must not run")


def test_a_missing_folder_is_made(tmp_path: Path) -> None:
    assert out_dir(tmp_path / "a" / "b").is_dir()


@pytest.mark.parametrize("look", [out_dir, check_out_dir])
def test_a_folder_below_a_file_cannot_be_made(tmp_path: Path, look: object) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SpecError, match="a file is in the way; choose another folder"):
        look(tmp_path / "file" / "results")  # type: ignore[operator]


def test_a_read_only_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # root may write anywhere
    with pytest.raises(SpecError, match="you may not write there; choose another folder"):
        out_dir(tmp_path / "results")
    assert names(tmp_path) == []


def test_many_files_appear_together(tmp_path: Path) -> None:
    with write_all(tmp_path / "new" / "results") as folder:
        (folder / "a").write_text("a")
        (folder / "b").write_text("b")
        assert len(names(tmp_path / "new" / "results")) == 1
    assert names(tmp_path / "new" / "results") == ["a", "b"]


def test_of_many_files_none_appears_when_one_fails(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("old")
    with pytest.raises(ZeroDivisionError), write_all(tmp_path) as folder:
        (folder / "a").write_text("new")
        raise ZeroDivisionError
    assert (tmp_path / "a").read_text() == "old" and names(tmp_path) == ["a"]


def test_a_folder_that_was_made_in_vain_goes_again(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), write_all(tmp_path / "new" / "results"):
        raise ZeroDivisionError
    assert names(tmp_path) == []
