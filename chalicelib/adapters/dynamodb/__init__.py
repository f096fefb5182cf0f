"""Implements the store ports with DynamoDB: a module for each store, on `table` (single items) and `batches` (many)."""
