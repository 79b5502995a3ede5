"""Streamlit's manager of media files, with files that are made at a click."""

import pytest
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.media_file_storage import MediaFileStorageError
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage

from harness.streamlit_contract import contract


@pytest.fixture
def manager(monkeypatch):
    """A manager whose clock the test moves."""
    with contract("media_files") as module:
        monkeypatch.setattr(MediaFileManager, "_get_inactive_file_ids", MediaFileManager._get_inactive_file_ids)
        dropping = MediaFileManager._remove_orphaned_deferred_callables
        monkeypatch.setattr(MediaFileManager, "_remove_orphaned_deferred_callables", dropping)
        module.keep_made_files()
        module.keep_made_files()
        monkeypatch.setattr(module.time, "monotonic", lambda: manager.now)
        manager = MediaFileManager(MemoryMediaFileStorage("/media"))
        manager.now, manager.kept, manager.clicked = 1000.0, module.KEPT, module.CLICKED
        return manager


def made(manager, content=b"a,b\n1,2\n"):
    """The id of a file that was made at a click, as its address ends."""
    button = manager.add_deferred(lambda: content, "text/csv", "1.2.3", file_name="curves.csv")
    return manager.execute_deferred(button).rpartition("/")[2]


@contract("media_files")
def test_a_file_that_was_made_is_there_for_a_while_however_many_scripts_end_and_then_goes(manager):
    file = made(manager)
    for _ in range(50):
        manager.remove_orphaned_files()
        manager.now += 0.9 * manager.kept / 50
    assert manager.read_file(file).content == b"a,b\n1,2\n"
    manager.now += manager.kept
    for _ in range(2):
        manager.remove_orphaned_files()
    assert manager.read_file(file) is None


@contract("media_files")
def test_a_file_that_is_made_again_restarts_its_time(manager):
    made(manager)
    manager.remove_orphaned_files()
    manager.now += 0.9 * manager.kept
    file = made(manager)
    manager.remove_orphaned_files()
    manager.now += 0.9 * manager.kept
    for _ in range(3):
        manager.remove_orphaned_files()
    assert manager.read_file(file) is not None


@contract("media_files")
def test_a_button_that_a_browser_still_shows_brings_its_file_and_later_no_more(manager):
    button = manager.add_deferred(lambda: b"a,b", "text/csv", "1.2.3")
    for _ in range(5):  # its page has run again, and so have others
        manager.clear_session_refs()
        manager.add_deferred(lambda: b"c,d", "text/csv", "1.2.3")
        manager.remove_orphaned_files()
        manager.now += 0.9 * manager.clicked / 5
    file = manager.execute_deferred(button).rpartition("/")[2]
    assert manager.read_file(file).content == b"a,b"
    manager.now += manager.clicked
    manager.remove_orphaned_files()
    with pytest.raises(MediaFileStorageError, match="not found"):
        manager.execute_deferred(button)
    # the file that the page shows is kept
    manager.now += manager.clicked
    manager.remove_orphaned_files()
    assert len(manager._deferred_callables) == 1


@contract("media_files")
def test_files_other_than_downloads_are_removed_with_their_last_session(manager):
    url = manager.add(b"picture", "image/png", "1.2.4")
    manager.clear_session_refs()
    manager.remove_orphaned_files()
    assert manager.read_file(url.rpartition("/")[2]) is None
