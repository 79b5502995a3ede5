"""What pages are built from: the page of an experiment, widgets, state in the address, downloads."""
