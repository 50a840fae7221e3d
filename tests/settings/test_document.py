import os
from pathlib import Path

import pytest

from photon.errors import ConfigurationError
from photon.settings.document import read

EVERY_FORM = '''# [ai] = "not here"
top = 1.5  # = 2
when = 1979-05-27 07:32:00

[ai]
provider = "a # b = c"
"quoted" = \'x\'
failover = [ "a", # [b]
  "c",
]
text = """
[not.a.table]
key = 1
""""
  timeouts = { connect = 5, retry.attempts = [1, { deep = 2 }], "idle" = 3 }
[ ai . providers . "my.x" ]
url = ""
[[list]]
one = [[1], [2, 3]]
[[list]]
two = {}
ai.three = []
literal = \'\'\'
[list.last]
\'\'\'
last = 1
'''

LINES = {
    "top": 2,
    "when": 3,
    "ai": 5,
    "ai.provider": 6,
    "ai.quoted": 7,
    "ai.failover": 8,
    "ai.text": 11,
    "ai.timeouts": 15,
    "ai.timeouts.connect": 15,
    "ai.timeouts.retry.attempts": 15,
    "ai.timeouts.retry.attempts.deep": 15,
    "ai.timeouts.idle": 15,
    'ai.providers."my.x"': 16,
    'ai.providers."my.x".url': 17,
    "list": 18,
    "list.one": 19,
    "list.two": 21,
    "list.ai.three": 22,
    "list.literal": 23,
    "list.last": 26,
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "photon.toml"


@pytest.mark.parametrize(("key", "line"), LINES.items())
def test_the_line_of_every_key_is_found(file: Path, key: str, line: int) -> None:
    file.write_text(EVERY_FORM)
    assert read(file).line(key) == line


def test_a_key_without_a_line_has_that_of_its_table_and_else_none(file: Path) -> None:
    file.write_text(EVERY_FORM)
    assert read(file).line("ai.timeouts.nothing.at.all") == 15
    assert read(file).line("nowhere.at.all") is None
    assert read(file).line("not.a.table") is None


def test_a_byte_order_mark_and_windows_line_ends_are_accepted(file: Path) -> None:
    file.write_bytes(b"\xef\xbb\xbf[ai]\r\nmodel = \"m\"\r\n\r\nurl = ''\r\n")
    document = read(file)
    assert document.values == {"ai": {"model": "m", "url": ""}}
    assert document.line("ai.url") == 4


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (b"[ai]\nmodel = 'm\n", ":2: is not TOML: "),
        (b"[ai]\nmodel", ":2: is not TOML: expected '=' after a key in a key/value pair"),
        (b"a = 1\na = 2\n", ":2: is not TOML: cannot overwrite a value"),
        (b"a = 1\n\nb = '\xff'\n", ":3: is not UTF-8 text"),
        (b"\xff\xfe[\x00a\x00i\x00]\x00", ":1: is not UTF-8 text"),
        (b"a = " + b"[" * 9000, ": nested too deeply"),
        (b"a = " + b"1" * 9000, ": is not TOML: a number is too long"),
    ],
)
def test_what_is_not_toml_is_refused_with_file_and_line(file: Path, text: bytes, complaint: str) -> None:
    file.write_bytes(text)
    with pytest.raises(ConfigurationError) as caught:
        read(file)
    assert caught.value.message.startswith(f"{file}")
    assert complaint in caught.value.message


def test_a_folder_by_that_name_is_refused(file: Path) -> None:
    file.mkdir()
    with pytest.raises(ConfigurationError, match=r"photon\.toml: is not a file"):
        read(file)


def test_a_pipe_by_that_name_is_refused_instead_of_waited_for(file: Path) -> None:
    os.mkfifo(file)
    with pytest.raises(ConfigurationError, match=r"photon\.toml: is not a file"):
        read(file)


def test_a_dangling_link_is_refused(file: Path) -> None:
    file.symlink_to(file.with_name("nothing"))
    with pytest.raises(ConfigurationError, match=r"photon\.toml: cannot be read: No such file"):
        read(file)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_refused(file: Path) -> None:
    file.touch(mode=0o000)
    with pytest.raises(ConfigurationError, match=r"photon\.toml: cannot be read: Permission denied"):
        read(file)
