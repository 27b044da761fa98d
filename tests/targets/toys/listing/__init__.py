"""A toy target: kernels as listings for people to read."""
