"""Cache of computed previews, least recently used first, with a limit in bytes."""

from __future__ import annotations

from collections import OrderedDict

from lazyrich.serving.previews.compute import Preview


class PreviewCache:
    """Previews by the key of their config. The caller holds a lock.

    limit: largest size of all together in bytes. nbytes: their current size.
    """

    def __init__(self, limit: float):
        self.limit = limit
        self.nbytes = 0
        self._kept: OrderedDict[str, Preview] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: str) -> Preview | None:
        """Return the preview of the config with this key and mark it as used; None if it is not cached."""
        if (preview := self._kept.get(key)) is not None:
            self._kept.move_to_end(key)
        return preview

    def put(self, key: str, preview: Preview) -> None:
        """Add a preview, and drop others until all fit; do nothing if it is larger than the limit."""
        if preview.nbytes > self.limit:
            return
        self.drop(key)
        self._kept[key] = preview
        self.nbytes += preview.nbytes
        while self.nbytes > self.limit:
            self.drop(next(iter(self._kept)))

    def drop(self, key: str) -> None:
        """Drop a preview; do nothing if it is not cached."""
        if (preview := self._kept.pop(key, None)) is not None:
            self.nbytes -= preview.nbytes

    def clear(self) -> None:
        """Drop all previews."""
        self._kept.clear()
        self.nbytes = 0
