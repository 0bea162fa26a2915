"""What a plant can make, how, and on what: values, a loader, and what can be proved from them alone."""
