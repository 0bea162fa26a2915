"""What no plan goes below where work is in time in few places: machines pay tasks a price each."""
