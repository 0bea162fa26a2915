"""What becomes of an order after it was accepted: cancelled, with its sunk cost named."""
