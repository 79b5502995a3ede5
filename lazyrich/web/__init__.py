"""The pages' machinery: the only part of the package that imports streamlit."""
