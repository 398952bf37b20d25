"""`make run`: prepare one machine, start every process together, and leave none behind."""
