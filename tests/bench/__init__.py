"""What the router costs, and what others cost on the same machine."""
