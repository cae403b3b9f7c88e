"""API keys at rest and on the command line: shown once, kept as a digest, ended at once."""

import hashlib
import json
import re
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from ui.cli import run
from ui.server.key_store import FILE, Keys, NoSuchKeyError
from ui.server.key_use import KeyUse
from ui.server.keys import Terms, today


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("FOOTNOTE_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def footnote(capfd, home):
    def call(*arguments):
        capfd.readouterr()
        code = run(["keys", *arguments])
        printed = capfd.readouterr()
        return code, printed.out, printed.err

    return call


def test_only_a_digest_of_a_key_is_on_the_disk(home):
    with Keys(home) as keys:
        key, text = keys.create("a bot", Terms(("ask",)))
        written = b"".join(one.read_bytes() for one in home.iterdir())

    assert key.digest == hashlib.sha256(text.encode()).hexdigest()
    assert text.split("_")[2].encode() not in written
    assert key.digest.encode() in written


def test_nobody_else_reads_the_file(home):
    with Keys(home) as keys:
        keys.create("a bot", Terms(("ask",)))
        modes = {one.name: stat.S_IMODE(one.stat().st_mode) for one in home.iterdir()}

    assert modes[FILE] == 0o600
    assert set(modes.values()) == {0o600}


def test_no_two_keys_are_alike(home):
    with Keys(home) as keys:
        texts = [keys.create("a bot", Terms(("ask",)))[1] for _ in range(50)]

    assert len(set(texts)) == len({one.split("_")[2] for one in texts}) == 50
    assert all(re.fullmatch(r"fn_[0-9a-f]{8}_[A-Za-z0-9]{40}", one) for one in texts)


def test_a_key_is_read_as_it_was_written(home):
    terms = Terms(("ask", "write"), "3/minute", 500, today())
    with Keys(home) as keys:
        key, text = keys.create("ein Schlüssel", terms)
        assert keys.owning(text) == key
    with Keys(home) as again:
        assert again.all() == [key]


def test_two_processes_may_hold_the_file_open(home):
    with Keys(home) as serving, Keys(home) as commanding:
        key, text = commanding.create("a bot", Terms(("ask",)))
        assert serving.owning(text).standing == "valid"

        commanding.revoke(key.id)

        assert serving.owning(text).standing == "revoked"


def test_a_key_that_was_revoked_stays_so_from_the_first_time_on(home):
    with Keys(home) as keys:
        key, _ = keys.create("a bot", Terms(("ask",)))
        first = keys.revoke(key.id)
        assert keys.revoke(key.id) == first
        with pytest.raises(NoSuchKeyError, match="No key has the id nothing"):
            keys.revoke("nothing")


def test_tokens_that_are_spent_at_once_are_all_counted(home):
    with Keys(home) as keys:
        use = KeyUse(keys)
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda _: use.spend("abc", 3), range(200)))
        assert use.spent("abc") >= 600  # also while they are written
        use.close()
        assert use.spent("abc") == keys.spent("abc", today()) == 600


def test_tokens_that_cannot_be_written_still_count(home):
    keys = Keys(home)
    use = KeyUse(keys)
    used, whole = [], keys.spend
    keys.spend = lambda *spent: used.append(spent) or whole("x", "no day", "no number")
    use.spend("abc", 5)
    use.close()

    assert used
    assert use.spent("abc") == 5
    keys.close()


def test_the_command_prints_the_key_alone_where_a_script_reads_it(footnote, home):
    code, out, err = footnote("create", "my bot", "--scope", "ask", "--scope", "write")

    assert code == 0
    assert re.fullmatch(r"fn_[0-9a-f]{8}_[A-Za-z0-9]{40}\n", out)
    assert "shown this once" in err
    with Keys(home) as keys:
        key = keys.owning(out.strip())
    assert (key.name, key.terms.scopes) == ("my bot", ("ask", "write"))


def test_the_list_tells_of_everything_but_the_secret(footnote):
    _, out, _ = footnote(
        *("create", "my bot", "--tokens-per-day", "1000", "--rate", "5/minute"),
        *("--expires", "2999-01-31"),
    )
    text = out.strip()
    code, table, _ = footnote("list")
    listed = json.loads(footnote("list", "--json")[1])

    assert code == 0
    for seen in ("valid until 2999-01-31", "5/minute", "0 of 1,000", "never", "my bot"):
        assert seen in table
    assert listed["id"] == text.split("_")[1]
    assert listed["scopes"] == ["ask"]
    digest = hashlib.sha256(text.encode()).hexdigest()
    for secret in (text, text.split("_")[2], digest):
        assert secret not in table + json.dumps(listed)


def test_the_command_ends_a_key(footnote, home):
    text = footnote("create", "my bot")[1].strip()
    code, out, _ = footnote("revoke", text.split("_")[1])

    assert code == 0
    assert "works no more" in out
    assert footnote("list")[1].splitlines()[1].split()[1] == "revoked"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("create", "x", "--scope", "root"), "--scope root"),
        (("create", "x", "--expires", "2020-01-01"), "no day to come"),
        (("create", "x", "--expires", "soon"), "write it like 2027-01-31"),
        (("create", "x", "--rate", "often"), "write it like 60/minute"),
        (("create", "x", "--rate", "0/minute"), "write it like 60/minute"),
        (("create", "  "), "needs a name"),
        (("create", "x" * 65), "64 letters at most"),
        (("revoke", "00000000"), "No key has the id 00000000"),
    ],
)
def test_what_cannot_be_done_is_told_in_a_sentence(footnote, arguments, sentence):
    code, out, err = footnote(*arguments)

    assert (code, out) == (1, "")
    assert sentence in " ".join(err.split())


def test_without_keys_the_list_says_what_that_means(footnote):
    code, out, err = footnote("list")

    assert (code, out) == (0, "")
    assert "open to this machine alone" in " ".join(err.split())
