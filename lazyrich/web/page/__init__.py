"""Parts of pages: the page of an experiment, widgets, state in the address, downloads."""
