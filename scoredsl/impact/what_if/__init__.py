"""What would bring a lead to the next tier, and when it falls out of its own if nothing happens."""
