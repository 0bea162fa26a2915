"""What people do to machines: hold, resume, abort, out of service, mode, confirmed starts, calls for help."""
