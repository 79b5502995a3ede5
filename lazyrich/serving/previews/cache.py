"""Keep previews that were computed, least recently used first, within a number of bytes."""

from __future__ import annotations

from collections import OrderedDict

from lazyrich.serving.previews.compute import Preview


class PreviewCache:
    """Previews by the key of their config. The caller holds a lock.

    limit: bytes that all together may take. held: bytes that they take now.
    """

    def __init__(self, limit: float):
        self.limit = limit
        self.held = 0
        self._kept: OrderedDict[str, Preview] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: str) -> Preview | None:
        """Return the preview of the config with this key, which counts as a use of it; None if it is not here."""
        if (preview := self._kept.get(key)) is not None:
            self._kept.move_to_end(key)
        return preview

    def put(self, key: str, preview: Preview) -> None:
        """Add a preview, and drop others until all fit; do nothing if it is larger than all may be."""
        if preview.nbytes > self.limit:
            return
        self.drop(key)
        self._kept[key] = preview
        self.held += preview.nbytes
        while self.held > self.limit:
            self.drop(next(iter(self._kept)))

    def drop(self, key: str) -> None:
        """Forget a preview; do nothing if it is not here."""
        if (preview := self._kept.pop(key, None)) is not None:
            self.held -= preview.nbytes

    def clear(self) -> None:
        """Forget all previews."""
        self._kept.clear()
        self.held = 0
