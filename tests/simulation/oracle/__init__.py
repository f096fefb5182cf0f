"""The oracle: a small model of the correct result of a run, made from the promises and not from the service's code.

`facts` has the inputs and outputs of a run as plain values. `promises` is the table of numbers. Each other module checks one
kind of promise and returns every difference. Nothing here imports the service, so that the oracle cannot share a mistake
with it.
"""
