"""The Python interface of an emitted module, the same for every target that is called from Python."""
