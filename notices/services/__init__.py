"""What is done with notices; `telling.tell` is the door for other apps."""
