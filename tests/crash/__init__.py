"""The program under fire: real processes, killed and started again, against a platform that keeps books."""
