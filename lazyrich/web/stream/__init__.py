"""The WebSocket from which live charts read frames."""
