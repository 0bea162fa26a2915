"""Orders in: files that other systems write, judged row by row."""

from controller.orders.read import Accepted, Read, file_digest, read_orders

__all__ = ["Accepted", "Read", "file_digest", "read_orders"]
