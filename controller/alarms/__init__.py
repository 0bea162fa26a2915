"""Alarms: raised and ended by conditions over the state, acknowledged and shelved by people."""
