"""Engines that speak AWS's protocols on this machine: how to start them, and clients with tables and queues of their own."""
