"""Settings compared over seeds, with statistics that hold."""
