"""The direction of flow between the stages, and what may not stand in the spine."""
