"""What is done to contacts: processes over several rows, one file each."""
