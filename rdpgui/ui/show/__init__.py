"""The presenter view: one run on the whole screen, told in five steps, to be read from the last row of a room."""
