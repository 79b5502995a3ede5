"""What goes wrong: experiments, lines and inputs that fail in the way that a test asks for."""
