"""The phase portrait on pages: the reference, one computed here, cells side by side, the map as a control."""
