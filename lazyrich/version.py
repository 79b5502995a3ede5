"""The version of lazyrich, written once."""

__version__ = "0.1.0"
