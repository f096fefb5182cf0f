"""Composes the use cases and their adapters: one module for each function, and the parts that several functions share.

Imports are at the top of each module, so what `notify` imports is what the notify function loads. The exception is
`chalicelib.composition.adapters`.
"""
