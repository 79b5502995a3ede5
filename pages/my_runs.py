"""My runs: the runs of this visitor, as a list that can be downloaded."""

from lazyrich.web.page.my_runs.my_runs_page import my_runs_page

my_runs_page()
