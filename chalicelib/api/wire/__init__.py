"""The models of requests and responses, in camelCase."""
