"""Runs the plant: journal, decide, dispatch, planning, HTTP API, web pages, command line, insights."""
