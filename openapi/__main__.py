"""`make openapi`: write the document to the folder from which the service serves it, and the types of the client."""

from __future__ import annotations

from pathlib import Path

from app import app
from chalicelib.api import files
from openapi.client_types import source_of
from openapi.document import document_of, written

if __name__ == "__main__":
    document = document_of(app)
    (files.FOLDER / "openapi.json").write_text(written(document), "utf-8")
    types = Path(__file__).parent.parent / "posthorn" / "schemas.py"
    types.write_text(source_of(document), "utf-8")
