"""Settings as text in the address of a page."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from lazyrich.config.schema import Config, show


def texts(config: Config) -> dict[str, str]:
    """Return the main settings and all others that differ from their default, as text by name.

    The main ones are always included, so that an address tells what it shows.
    """
    names = {name for name, parameter in config.parameters().items() if parameter.main} | config.settings().keys()
    return {name: show(value) for name, value in config.model_dump().items() if name in names}


def link(page: str, config: Config) -> str:
    """Return the address of a page with these settings.

    Args:
        page: Address of the experiment's page, such as https://example.org/exact-solutions.
        config: The settings.

    Raises:
        ValueError: If `page` is no web address.
    """
    parts = urlsplit(page)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise ValueError(f"page must be the address of a page, such as http://localhost:8501/filters, got {page!r}.")
    query = "&".join(filter(None, [parts.query, urlencode(texts(config))]))
    return parts._replace(path=parts.path or "/", query=query, fragment="").geturl()
