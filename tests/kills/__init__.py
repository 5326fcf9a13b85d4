"""SIGKILL at any step of a run, on a lab that outlives the program: nothing is done twice, nothing is lost."""
