"""Every layer of the catalogue, held to what batch norm is held to."""
