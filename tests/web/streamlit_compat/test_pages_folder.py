"""Streamlit's list of pages, beside a folder called pages."""

from streamlit.runtime.pages_manager import PagesManager

from harness.streamlit_contract import contract


def test_a_folder_that_is_called_pages_is_taken_for_nothing(monkeypatch, tmp_path):
    (tmp_path / "pages").mkdir()
    script = str(tmp_path / "app.py")
    with contract("pages_folder") as module:
        monkeypatch.setattr(PagesManager, "uses_pages_directory", None)
        PagesManager(script)
        assert PagesManager.uses_pages_directory is True, "Streamlit looks for the folder elsewhere, or not any more"
        monkeypatch.setattr(PagesManager, "uses_pages_directory", None)
        module.ignore_pages_folder()
        PagesManager(script)
        assert PagesManager.uses_pages_directory is False
