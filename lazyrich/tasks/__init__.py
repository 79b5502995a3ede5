"""What is learned: the tasks, one file each."""
