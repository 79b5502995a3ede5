"""Parts of a page to share: the part that an address shows, and the dialog that makes such addresses."""
