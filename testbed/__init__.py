"""What tests and benchmarks share: fakes of the ports, a simulated AWS account, engines, samples. It is not deployed.

It imports neither `tests` nor `benchmarks`.
"""
