"""Discovery of targets, and a toy target that shows what it takes to add one."""
