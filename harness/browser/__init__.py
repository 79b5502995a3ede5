"""Helpers for browser tests: a page with one live chart, parts of pages, touch, contrast, saved pictures."""
