"""Who may log in: a file of names with hashed passwords, one a line.

    name$salt$hash

The hash is scrypt (Percival, "Stronger Key Derivation via Sequential Memory-Hard Functions", 2009) with
n = 2^14, r = 8, p = 1; salt and hash are in hex.  Read again whenever the file changes.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
from pathlib import Path

__all__ = ["AccountError", "Accounts", "add_account", "is_loopback"]

_NAME = re.compile(r"[^\s$]{1,64}")


class AccountError(ValueError):
    """A file of accounts that cannot be used, or a name or password that cannot be taken."""


def _hashed(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=2**14, r=8, p=1, dklen=32)


def add_account(file: Path, name: str, password: str) -> None:
    """Add a name with its password, or give a name another password; raises `AccountError`."""
    if not _NAME.fullmatch(name):
        raise AccountError("用户名不能有空格和 $，最多 64 个字符")
    if len(password) < 8:
        raise AccountError("密码至少 8 个字符")
    salt = secrets.token_bytes(16)
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    lines = [line for line in lines if line.split("$")[0] != name]
    lines.append(f"{name}${salt.hex()}${_hashed(password, salt).hex()}")
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as written:
        written.write("\n".join(lines) + "\n")


class Accounts:
    """The accounts of a file; `accounts(name, password)` says whether they fit."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._stamp = -1
        self._known: dict[str, tuple[bytes, bytes]] = {}
        self._read()

    def __call__(self, name: str, password: str) -> bool:
        self._read()
        # An unknown name takes as long as a known one.
        salt, expected = self._known.get(name, (b"0" * 16, b"0" * 32))
        return hmac.compare_digest(_hashed(password, salt), expected)

    def _read(self) -> None:
        try:
            stamp = self._file.stat().st_mtime_ns
            if stamp != self._stamp:
                lines = self._file.read_text(encoding="utf-8").splitlines()
                self._known = dict(_account(line) for line in lines if line.strip())
                self._stamp = stamp
        except (OSError, ValueError) as error:
            raise AccountError(f"登录文件 {self._file} 不能用：{error}") from error
        if not self._known:
            raise AccountError(f"登录文件 {self._file} 里没有用户")


def _account(line: str) -> tuple[str, tuple[bytes, bytes]]:
    parts = line.split("$")
    if len(parts) != 3:
        raise ValueError("每行应当是 用户名$盐$散列，请用 --add-user 生成")
    return parts[0], (bytes.fromhex(parts[1]), bytes.fromhex(parts[2]))


def is_loopback(host: str) -> bool:
    """Whether a host is reached from this machine only."""
    return host in ("127.0.0.1", "localhost", "::1")
