"""What the headers of the C target promise beyond their numbers."""
