"""Real servers, visitors, crowds and faults for tests, benchmarks and the docs."""
