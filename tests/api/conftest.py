"""What the doubles have opened is closed again: a process may only hold so many files."""

import pytest
from opened import LEFT_OPEN


@pytest.fixture(scope="module", autouse=True)
def _nothing_stays_open():
    yield
    LEFT_OPEN.close()
