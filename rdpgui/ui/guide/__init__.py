"""The first minute: leads a person through the first run, in the window itself and in nobody's way."""
