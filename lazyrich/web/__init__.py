"""Pages and server of the app: the only part of the package that imports streamlit."""
