"""Every private part of Streamlit that lazyrich reads or replaces, one file each.

Nothing outside this folder imports Streamlit's internal modules, touches its underscore names or writes its fixed
addresses. The docstring of each file says what is private ("Private:"), why it is needed ("Why:") and which public way
would replace it ("Public way:"). Each has a contract test in tests/web/streamlit_compat, which fails, with the file and
the version of Streamlit, when the private part is gone or behaves otherwise.
"""
