"""Orders in: files that other systems write, judged row by row."""

from controller.orders.look import Asking, Looked, look, look_within_limits
from controller.orders.mapping import ColumnMap, ColumnMeans, Constant, ValueMeans
from controller.orders.open_file import Upload
from controller.orders.read import Accepted, Read, file_digest, read_orders
from controller.orders.take import impersonal, take

__all__ = [
    "Accepted",
    "Asking",
    "ColumnMap",
    "ColumnMeans",
    "Constant",
    "Looked",
    "Read",
    "Upload",
    "ValueMeans",
    "file_digest",
    "impersonal",
    "look",
    "look_within_limits",
    "read_orders",
    "take",
]
