"""A webhook: what its owner sets, and its health."""
