"""`python -m scoredsl`."""

from scoredsl.cli import main

if __name__ == "__main__":
    main()
