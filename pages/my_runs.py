"""My runs: what this visitor has run, as a list that can be taken along."""

from lazyrich.web.page.my_runs.my_runs_page import my_runs_page

my_runs_page()
