"""Whether the app in this container is well: `python lazyrich/web/healthy.py` ends with 0 if it is, else with 1.

Run as a file, not as a module: it needs nothing but Python, and starts fast on a busy machine.
"""

import os
import sys
from urllib.request import urlopen


def address() -> str:
    """Of the health route, by the settings that the app itself reads from the environment."""
    base = os.environ.get("STREAMLIT_SERVER_BASE_URL_PATH", "").strip("/")
    port = os.environ.get("STREAMLIT_SERVER_PORT", "8501")
    return f"http://127.0.0.1:{port}{'/' if base else ''}{base}/lazyrich/health"


if __name__ == "__main__":
    try:
        with urlopen(address(), timeout=4) as answer:
            print(answer.read().decode())
    except OSError as error:  # of which an answer of 503 is one
        sys.exit(f"{address()}: {error}")
