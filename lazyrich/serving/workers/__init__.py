"""What trains: processes or a thread, the scheduler that shares one between runs, and the thread that keeps them."""
