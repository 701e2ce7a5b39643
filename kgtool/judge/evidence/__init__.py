"""Evidence: which results bear on a use, how sure they make, how many stand alone, and what joins nobody made."""
