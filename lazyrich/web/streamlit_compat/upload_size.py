"""Set the size up to which Streamlit takes a file, and keep files out of the file system while they come in.

Private: `streamlit.config.set_option` sets "server.maxUploadSize", which the public `st.set_option` refuses;
`starlette.formparsers.MultiPartParser.spool_max_size`, by which Streamlit's upload address parses files, is set.
Why: Streamlit enforces its limit while the file comes in, and the limit is one of the app's settings
(LAZYRICH_UPLOAD_MB). A container with a read-only file system has no place for what Starlette would put into a
temporary file.
Public way: `server.maxUploadSize` in .streamlit/config.toml or the environment, if it need not follow the app's own
setting; `max_upload_size` of `st.file_uploader` holds in the browser only. None for the temporary file.
"""

from __future__ import annotations

from starlette.formparsers import MultiPartParser
from streamlit import config


def set_largest_upload(megabytes: int) -> None:
    """Take files of up to this many megabytes (of 1024^2 bytes), and hold them in memory while they come in."""
    config.set_option("server.maxUploadSize", megabytes)
    MultiPartParser.spool_max_size = megabytes * 1024 * 1024
