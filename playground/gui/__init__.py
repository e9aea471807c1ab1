"""The window: everything that is drawn and touched. Imports Qt and numpy, never torch, numba or scikit-learn."""
