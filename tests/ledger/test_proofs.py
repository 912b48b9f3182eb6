"""An inclusion proof, checked by a script that knows nothing of ours."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings as project
from django.core.management import CommandError, call_command

from ledger import check_proof
from ledger.models import LedgerSeal
from ledger.sealing.merkle import leaf_hash, path_of, root_of
from ledger.sealing.order import out_of_order
from ledger.services import log_event
from tests.ledger.tamper import seal_all

SEED = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
PUBLIC = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"  # RFC 8032, 7.1
OTHER = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"


@pytest.fixture
def check(tmp_path):
    """Runs the script, alone in a folder, on a proof; (exit code, what it said)."""
    script = shutil.copy(Path(project.BASE_DIR) / "ledger" / "check_proof.py", tmp_path)

    def run(proof, *words):
        file = tmp_path / "proof.json"
        file.write_text(proof if isinstance(proof, str) else json.dumps(proof))
        answer = subprocess.run(
            [sys.executable, "-I", "-S", script, str(file), *words],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
        )
        return answer.returncode, answer.stdout + answer.stderr

    return run


@pytest.fixture
def proof(tmp_path, monkeypatch, settings):
    """Of the sixth of 13 events, in the second of four seals."""
    monkeypatch.setattr("ledger.sealing.sealer.BATCH", 4)
    settings.LEDGER_SEAL_KEY = f"ed25519:{SEED}"
    made = [log_event("worker_started", entity_id=str(n), metadata={"ü": 0.1}) for n in range(13)]
    seal_all()
    call_command("ledger_prove", str(made[5].pk), "-o", str(tmp_path / "out.json"))
    proof = json.loads((tmp_path / "out.json").read_text())
    assert (proof["event"]["id"], proof["seal"]["body"]["number"]) == (str(made[5].pk), 2)
    return proof


@pytest.mark.django_db(transaction=True)
def test_the_script_believes_a_proof_and_asks_for_more_where_it_only_agrees_with_itself(
    proof, check
):
    code, said = check(proof)
    assert code == 0
    assert "is in seal 2; the chain goes on to seal 4." in said
    assert "agrees with itself, no more" in said
    head = LedgerSeal.objects.get(number=4).seal_hash
    assert check(proof, "--head", head, "--public-key", PUBLIC)[0] == 0
    assert check(proof, "--head", "0" * 64)[0] == 1
    assert check(proof, "--public-key", OTHER)[0] == 1
    assert check("{}")[0] == check("no JSON")[0] == 2


def changed(proof, *path, value):
    copy = json.loads(json.dumps(proof))
    inside = copy
    for step in path[:-1]:
        inside = inside[step]
    inside[path[-1]] = value
    return copy


@pytest.mark.django_db(transaction=True)
def test_a_proof_that_was_changed_anywhere_is_refused(proof):
    verify = check_proof.by_public_key(bytes.fromhex(PUBLIC))
    check_proof.check(proof, verify=verify)
    for path, value in [
        (("event", "actor"), "x"),
        (("event", "metadata"), {}),
        (("leaf_index",), 2),
        (("leaf_index",), 9),
        (("tree_size",), 5),
        (("path",), proof["path"][:1]),
        (("path",), [*proof["path"], "0" * 64]),
        (("path", 0), "0" * 64),
        (("seal", "body", "root"), "0" * 64),
        (("seal", "body", "sealed_at"), "2020-01-01T00:00:00.000000Z"),
        (("seal", "signature"), "0" * 128),
        (("chain",), proof["chain"][1:]),
        (("chain", 0, "body", "count"), 9),
        (("chain", 1, "body", "previous_hash"), "0" * 64),
        (("chain", 1, "signature"), proof["seal"]["signature"]),
    ]:
        with pytest.raises(check_proof.Refused):
            check_proof.check(changed(proof, *path, value=value), verify=verify)


@pytest.mark.django_db(transaction=True)
def test_a_shared_secret_proves_too(check, tmp_path):
    event = log_event("worker_started")
    seal_all()
    call_command("ledger_prove", str(event.pk), "-o", str(tmp_path / "out.json"))
    proof = json.loads((tmp_path / "out.json").read_text())
    secret = tmp_path / "secret"
    secret.write_text(project.SECRET_KEY)
    assert check(proof, "--secret-file", str(secret))[0] == 0
    secret.write_text("another")
    assert check(proof, "--secret-file", str(secret))[0] == 1


@pytest.mark.django_db(transaction=True)
def test_what_is_not_there_or_not_sealed_cannot_be_proved(capsys):
    event = log_event("worker_started")
    for pk in (str(event.pk), "01890a5d-ac96-774b-bcce-b302099a8057"):
        with pytest.raises(SystemExit) as ended:
            call_command("ledger_prove", pk)
        assert ended.value.code == 2
    with pytest.raises(CommandError):
        call_command("ledger_prove", "no-id")


def test_the_root_is_that_of_rfc_6962():
    contents = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657"]
    contents.append("606162636465666768696a6b6c6d6e6f")
    leaves = [leaf_hash(bytes.fromhex(content)) for content in contents]
    assert root_of(leaves).hex() == (
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
    )


def test_every_leaf_of_every_tree_proves_itself_and_no_other_place():
    leaves = [leaf_hash(bytes([n])) for n in range(33)]
    for size in range(1, 34):
        root = root_of(leaves[:size])
        for index in range(size):
            path = path_of(leaves[:size], index)
            assert check_proof.root_from(leaves[index], index, size, path) == root
            other = (index + 1) % size
            if other != index:
                assert climbs(leaves[index], other, size, path) != root


def climbs(*words):
    try:
        return check_proof.root_from(*words)
    except check_proof.Refused:
        return None


@pytest.mark.parametrize(
    ("ranks", "wrong"),
    [([], []), ([0], []), ([0, 1, 2], []), ([1, 2, 3, 0, 4], [3]), ([3, 0, 1, 2], [0])],
)
def test_the_fewest_are_said_to_be_out_of_order(ranks, wrong):
    assert out_of_order(ranks) == wrong
