"""Compiled by numba: imported only inside functions, never by what the window needs to appear."""
