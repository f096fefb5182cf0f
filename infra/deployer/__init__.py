"""Generates the least privileges to deploy, update, operate and remove a stage, from the declared resources."""
