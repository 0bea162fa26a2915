"""Whose part is whose: totes, scans, labels, genealogy."""
