"""Search for plans whose cost is a sum over orders, setups and batches: annealing that decodes only
what changes."""
