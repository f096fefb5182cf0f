"""The oracle: a small model of what must come out of a run, made of what is promised and not of the service's own code.

`facts` is what went in and what came out, in plain values. `promises` is the table of numbers. Each other module judges
one kind of promise and returns every difference that it finds. Nothing here imports the service, so that a mistake in it
cannot be made here as well.
"""
