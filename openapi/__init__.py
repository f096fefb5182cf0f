"""Generates the description of the API (OpenAPI 3.1) from the code that the service runs.

The routes come from Chalice, the contracts from `chalicelib.api.contracts`, and the schemas from the pydantic models that
validate requests. `make openapi` writes the document to a file, which the service serves. No Lambda function imports this
package.
"""
