"""The least rights with which a stage can be deployed, updated, operated and removed, worked out from what is declared."""
