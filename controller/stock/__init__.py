"""Materials with their lots: received, expected, counted, reserved, used."""
