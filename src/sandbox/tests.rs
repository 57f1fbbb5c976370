//! What is refused, tried out in forks of the test.
