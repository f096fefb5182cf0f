"""What is measured of the service, each as a program that prints its figures."""
