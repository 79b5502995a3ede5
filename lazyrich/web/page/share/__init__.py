"""Parts of a page for others to see: what its address shows of it, and the dialog that makes such addresses."""
