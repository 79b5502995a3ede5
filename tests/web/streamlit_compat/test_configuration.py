"""Streamlit's settings of the server's address and of the hosts that it answers to."""

import pytest
from streamlit import config

from harness.streamlit_contract import contract


@pytest.fixture
def option():
    """Sets options of Streamlit for one test."""
    before = {}

    def set_to(name, value):
        before.setdefault(name, (config.get_option(name), config.get_where_defined(name)))
        config.set_option(name, value, "the test")

    yield set_to
    for name, (value, where) in before.items():
        config.set_option(name, value, where)


def test_the_servers_address_is_known_only_if_it_was_set(option):
    with contract("server_address") as module:
        assert module.configured_address() is None
        option("browser.serverAddress", "lab.example")
        assert module.configured_address() == "lab.example"


def test_allowed_hosts_follow_the_setting(option):
    with contract("allowed_hosts") as module:
        assert module.host_is_allowed("anything.example")
        option("server.allowedHosts", ["lab.example", "*.course.example"])
        hosts = [
            "lab.example:8501",
            "LAB.example",
            "a.course.example",
            "evil.example",
            "lab.example.evil.example",
            None,
        ]
        assert [module.host_is_allowed(host) for host in hosts] == [True, True, True, False, False, False]
