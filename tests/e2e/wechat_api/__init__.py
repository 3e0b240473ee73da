"""A strict stand-in for WeChat's API, as a process of its own: what the real one refuses it refuses too."""
