"""Who is at the door, what they may do, and the pages where that is changed."""
