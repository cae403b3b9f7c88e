"""A running Slack for each test, and the rule that the app does nothing Slack would refuse."""

import pytest
from fake_slack import FakeSlack


@pytest.fixture
async def slack():
    """Refusals that a test is about are named with `slack.expect("error", …)`."""
    async with FakeSlack() as running:
        yield running
        unexpected = running.unexpected()
    assert not unexpected, unexpected
