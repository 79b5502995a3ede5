"""Many seeds of one student-teacher experiment, trained and measured side by side."""
