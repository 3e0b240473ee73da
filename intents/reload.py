"""A classifier that follows the edits of its folder, and keeps the old base when an edit is broken."""

from __future__ import annotations

from pathlib import Path
from threading import Lock

from intents.classifier import Classifier
from intents.verify import verify
from knowledge import KnowledgeError, fingerprint, load


class Reloader:
    """Holds the classifier in use; safe to share between threads.

    ``error`` is one sentence while the folder's present state is refused, else None.

    Raises:
        KnowledgeError: the base is broken at the start, when there is no older one to keep.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._lock = Lock()
        self._seen: str | None = fingerprint(folder)
        self.error: str | None = None
        self.classifier = self._build()

    def _build(self) -> Classifier:
        classifier = Classifier(load(self._folder))
        verify(classifier)
        return classifier

    @property
    def version(self) -> str:
        """The version of the base in use."""
        return self.classifier.base.version

    def refresh(self) -> bool:
        """Look at the folder once; return whether the classifier or the error changed.

        A broken edit is reported once, in ``error``, and the old base stays in use.
        """
        with self._lock:
            found = None
            try:
                found = fingerprint(self._folder)
                if found == self._seen:
                    return False
                self._seen = found
                self.classifier = self._build()
                self.error = None
            except KnowledgeError as error:
                self._seen = found  # None where unreadable: it may come back as it was
                changed = self.error != str(error)
                self.error = str(error)
                return changed
            return True
