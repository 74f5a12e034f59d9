"""`python -m evaluations.publishing verify BUNDLE`: the same as `arena verify BUNDLE`, from the source as it lies."""

import sys

from evaluations.publishing.command import main

if __name__ == "__main__":
    sys.exit(main())
