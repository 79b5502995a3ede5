"""Keep Streamlit from taking pages/ for its older kind of multipage app.

Private: `PagesManager.uses_pages_directory` is set.
Why: Streamlit finds a folder of that name and takes it for such an app until the first visitor's script has called
`st.navigation`; a first visitor on any other page than the front page reads that there is no such page.
Public way: none while the folder is called pages/. Another name for the folder, or a setting, would replace it.
"""

from __future__ import annotations

from streamlit.runtime.pages_manager import PagesManager


def ignore_pages_folder() -> None:
    """Take only the pages that `st.navigation` names; call it before the first visitor comes, as often as you like."""
    PagesManager.uses_pages_directory = False
