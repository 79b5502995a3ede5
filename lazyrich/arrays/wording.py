"""What to do about numbers that an array here cannot have, said in several refusals."""

REAL = "give the real part if the imaginary part means nothing"
