"""`python -m controller` is the command line."""

from controller.cli import main

main()
