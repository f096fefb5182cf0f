"""The least privileges to deploy, update, operate and remove a stage, derived from the declaration."""
