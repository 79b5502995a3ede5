"""The browser components, and the scripts and styles that they load."""
