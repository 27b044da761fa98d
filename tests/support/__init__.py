"""Oracles, tolerances, data and promises that every emitted kernel goes through."""
