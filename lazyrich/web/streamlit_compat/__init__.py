"""Private parts of Streamlit that are used or replaced, one file each."""
