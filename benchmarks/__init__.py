"""Benchmarks of the service: one folder for each, and one kind of figure for all.

Other programs may run on the machine that measures. So each figure is a count, or a ratio of two things that were measured
in the same run. The absolute value is next to it, with its spread. Nothing here is deployed, and no test asserts a time.
"""
