"""The use cases, over the ports of `chalicelib.services.ports`."""
