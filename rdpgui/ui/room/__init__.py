"""Room for what matters: which cards are open while a person chooses, a run goes on, or a verdict is read."""
