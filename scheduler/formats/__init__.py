"""Texts of benchmark instances become problems; what is wrong with one is said with line and column."""

from scheduler.formats.due import with_dues
from scheduler.formats.recognise import FORMATS, read, recognise
from scheduler.formats.text import FormatError

__all__ = ["FORMATS", "FormatError", "read", "recognise", "with_dues"]
