"""`make openapi`: write the document to where the service serves it from."""

from __future__ import annotations

from app import app
from chalicelib.api import files
from openapi.document import document_of, written

if __name__ == "__main__":
    (files.FOLDER / "openapi.json").write_text(written(document_of(app)), "utf-8")
