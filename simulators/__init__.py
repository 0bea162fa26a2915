"""Machines that exist only in memory or on loopback, with real protocols, physics and faults."""
