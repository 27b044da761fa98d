"""What the benchmarks share: the machine, the peers, the clock, and the pages that numbers are written to."""
