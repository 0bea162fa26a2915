"""What the server of child processes imports: kernels that are ready then are there in every child."""

from controller import loaded

loaded.load()
