"""`lotwright solve`: an instance of a file becomes a schedule, with two searches beside each other."""

from controller.solve.asked import Asked, SolveError
from controller.solve.command import solve_instance

__all__ = ["Asked", "SolveError", "solve_instance"]
