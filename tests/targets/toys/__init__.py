"""A folder of targets outside the package."""
