"""The live stage: what is on the screen of the target from Connect until the film is there, and where the run is."""
