"""DynamoDB behind the store ports: one module for each store, over `table` (single items) and `batches` (many)."""
