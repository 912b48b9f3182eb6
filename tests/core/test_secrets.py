"""Secrets that nobody gave us."""

import multiprocessing

from stakazo.core.secrets import kept_secret


def test_a_secret_is_made_once_and_only_we_may_read_it(tmp_path):
    path = tmp_path / "key"
    first = kept_secret(path)
    assert kept_secret(path) == first
    assert len(first) >= 48
    assert path.stat().st_mode & 0o077 == 0


def test_processes_that_start_together_agree(tmp_path):
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        secrets = pool.map(kept_secret, [tmp_path / "key"] * 8)
    assert len(set(secrets)) == 1
    assert [each.name for each in tmp_path.iterdir()] == ["key"]
