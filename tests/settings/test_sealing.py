import hashlib
from dataclasses import replace

import pytest

from photon.settings.keys import sealing
from photon.settings.keys.sealing import derive, new_lock, opened, seal, unseal

KEY = bytes(range(32))


def test_the_cost_is_the_one_that_owasp_recommends() -> None:
    assert sealing.COST == (2**17, 8, 1)
    lock, _ = new_lock("correct horse")
    assert (lock.n, lock.r, lock.p, len(lock.salt)) == (2**17, 8, 1, 16)


@pytest.fixture
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "COST", (2**14, 8, 1))


@pytest.mark.usefixtures("cheap")
def test_a_password_opens_its_lock_and_another_does_not() -> None:
    lock, key = new_lock("correct horse")
    assert opened(lock, "correct horse") == key
    assert opened(lock, "correct horsf") is None


@pytest.mark.usefixtures("cheap")
def test_the_same_password_makes_another_key_each_time() -> None:
    assert new_lock("correct horse")[1] != new_lock("correct horse")[1]


def test_the_derived_key_is_the_one_of_rfc_7914() -> None:
    assert derive("pleaseletmein", b"SodiumChloride", 16384, 8, 1).hex().startswith("7023bdcb3afd7348461c06cd81fd38eb")
    assert derive("x", b"salt", 2**14, 8, 1) == hashlib.scrypt(b"x", salt=b"salt", n=2**14, r=8, p=1, dklen=32, maxmem=2**26)


def test_what_is_sealed_is_opened_by_the_same_key_for_the_same_thing_only() -> None:
    sealed = seal(KEY, b"secret", about="key a")
    assert unseal(KEY, sealed, about="key a") == b"secret"
    assert unseal(KEY, sealed, about="key b") is None
    assert unseal(KEY[::-1], sealed, about="key a") is None


def test_every_changed_bit_is_noticed() -> None:
    sealed = seal(KEY, b"secret", about="a")
    for place in range(len(sealed.ciphertext)):
        changed = bytearray(sealed.ciphertext)
        changed[place] ^= 1
        assert unseal(KEY, replace(sealed, ciphertext=bytes(changed)), about="a") is None
    assert unseal(KEY, replace(sealed, nonce=b""), about="a") is None
    assert unseal(KEY, replace(sealed, ciphertext=b""), about="a") is None


def test_no_nonce_comes_twice() -> None:
    assert len({seal(KEY, b"", about="a").nonce for _ in range(100)}) == 100


@pytest.mark.usefixtures("cheap")
@pytest.mark.parametrize("cost", [{"n": 2**13}, {"n": 2**21}, {"n": 2**17 + 1}, {"r": 0}, {"r": 17}, {"p": 0}, {"p": 99}])
def test_a_lock_whose_cost_was_never_chosen_by_photon_is_unsound(cost: dict[str, int]) -> None:
    lock, _ = new_lock("correct horse")
    assert lock.is_sound()
    assert not replace(lock, **cost).is_sound()
