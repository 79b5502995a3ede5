"""Workers: processes or a thread that train, the scheduler that shares one between runs, and their supervisor."""
