"""What is measured of the service: each benchmark is a room of its own, and all give figures of one kind.

A machine that measures is seldom alone. So each figure is a count, or a ratio of two things that were measured in the same
run; the absolute stands beside it, with its spread. Nothing here ships, and no test asserts a time.
"""
