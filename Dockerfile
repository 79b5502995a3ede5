# The app in a container: docker build -t lazyrich . && docker run --rm -p 8501:8501 lazyrich
# One file for CPU and CUDA: without TORCH_INDEX pip takes the plain torch wheel, which on Linux has CUDA; with
# --build-arg TORCH_INDEX=<PyTorch's CPU wheel index> it takes the much smaller CPU build of the same version.
FROM python:3.11-slim

ENV PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_ROOT_USER_ACTION=ignore

RUN useradd --uid 1000 --create-home --shell /usr/sbin/nologin lazyrich
WORKDIR /app

# the packages change seldom and weigh most: a layer of their own, below the code
ARG TORCH_INDEX=""
COPY requirements.txt ./
RUN python -m pip install ${TORCH_INDEX:+--extra-index-url "$TORCH_INDEX"} -r requirements.txt

COPY . .

# by number, so that a cluster that forbids root can see that this is not root
USER 1000
ENV HOME=/home/lazyrich \
    STREAMLIT_SERVER_PORT=8501
EXPOSE 8501
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s CMD ["python", "lazyrich/web/server/healthcheck.py"]

ENTRYPOINT ["streamlit", "run", "app.py"]
# without an address it listens on IPv6 and IPv4
CMD ["--server.headless=true"]
