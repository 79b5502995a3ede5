"""Start in a real browser, and the links that people kept from when the playground was at its address."""

from playwright.sync_api import expect

from harness.browser.parts import finished


def test_a_link_to_the_root_with_settings_opens_the_playground_and_back_leads_to_where_it_stood(open_page):
    page = open_page("/", wait=False)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.evaluate("location.href = '?tau=0.3&delta=-1&eta_a=1&eta_w=1&steps=60&width=10'")
    page.wait_for_url("**/playground?tau=0.3&delta=-1&*")
    finished(page, 60)
    page.go_back()
    expect(page.get_by_role("link", name="Let me play")).to_be_visible()
    assert not page.url.partition("?")[2]
    page.get_by_role("link", name="Let me play").click()
    page.wait_for_url("**/playground")
    expect(page.get_by_test_id("live-run")).to_have_attribute("data-status", "finished", timeout=60_000)
