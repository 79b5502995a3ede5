#!/bin/sh
# Installs pdflatex with booktabs (40 MB) for the test that compiles the tables, if it may install packages. Without
# pdflatex that test checks the tables by a grammar alone.
set -u

if ! command -v pdflatex >/dev/null && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq && apt-get install -y -qq --no-install-recommends texlive-latex-recommended >/dev/null
fi

if command -v pdflatex >/dev/null; then
    echo "LaTeX for the tests: $(command -v pdflatex)"
else
    echo "No pdflatex: tables are read by a grammar alone, and not compiled."
fi
exit 0
