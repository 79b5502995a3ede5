"""The version of lazyrich, defined only here."""

__version__ = "0.1.0"
