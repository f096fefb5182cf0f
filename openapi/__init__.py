"""The description of the API (OpenAPI 3.1), made of what the service itself runs on.

The routes are Chalice's, the contracts those of `chalicelib.api.contracts`, the schemas pydantic's of the models that check
the requests. It is made once, by `make openapi`, and served as a file: no function of Lambda imports this package.
"""
