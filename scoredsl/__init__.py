"""Lead scoring as code: rules as plain sentences, checked, tested and run on event logs."""

__version__ = "0.1.0"
