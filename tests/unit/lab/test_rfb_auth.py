"""VNC authentication."""

from __future__ import annotations

from rdpgui.lab.rfb.auth import is_valid_response, new_challenge, response_to


def test_that_the_cipher_is_des_with_mirrored_key_bytes() -> None:
    # The textbook vector of DES: key 133457799BBCDFF1 (parity aside), 0123456789ABCDEF -> 85E813540F0AB405.
    key = bytes.fromhex("123456789ABCDEF0")
    password = bytes(int(f"{byte:08b}"[::-1], 2) for byte in key).decode("ascii")
    challenge = bytes.fromhex("0123456789ABCDEF") * 2
    assert response_to(challenge, password) == bytes.fromhex("85E813540F0AB405") * 2


def test_that_only_the_right_password_answers_a_challenge() -> None:
    challenge = new_challenge()
    assert is_valid_response(challenge, response_to(challenge, "s3cret"), "s3cret")
    assert not is_valid_response(challenge, response_to(challenge, "s3creT"), "s3cret")
    assert not is_valid_response(challenge, b"", "s3cret")


def test_that_characters_after_the_eighth_do_not_count() -> None:
    challenge = new_challenge()
    assert response_to(challenge, "12345678") == response_to(challenge, "123456789")


def test_that_challenges_do_not_repeat() -> None:
    assert len({new_challenge() for _ in range(50)}) == 50
