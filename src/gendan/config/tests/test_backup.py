"""What was backed up comes back; what would destroy data is refused."""

import io
import tarfile

import psycopg
import pytest

from gendan.config import backup
from gendan.config.postgres import Embedded


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = Embedded(tmp_path_factory.mktemp("backup") / "pg", {"fsync": "off"})
    server.start()
    yield server
    server.stop()


@pytest.fixture
def empty(server):
    """Addresses of new databases on the server."""
    made: list[str] = []

    def make():
        name = f"db{len(made)}_{id(made)}"
        with psycopg.connect(server.url_of("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        made.append(name)
        return server.url_of(name)

    return make


def ask(url, sql):
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(sql)
        return cursor.fetchall() if cursor.description else []


@pytest.fixture
def saved(empty, tmp_path):
    url = empty()
    ask(url, "CREATE TABLE orders (number text, quantity numeric); INSERT INTO orders VALUES ('采购-1', 1.500000)")
    files = tmp_path / "home" / "files"
    (files / "a").mkdir(parents=True)
    (files / "a" / "合同.pdf").write_bytes(b"%PDF")
    manifest = backup.save(database_url=url, files=files, target=tmp_path / "one.tar")
    assert manifest["files"] == 1
    return tmp_path / "one.tar"


def test_a_round_trip_brings_rows_and_attachments_back(saved, empty, tmp_path):
    url = empty()
    files = tmp_path / "other" / "files"
    backup.load(database_url=url, files=files, source=saved)
    assert str(ask(url, "SELECT number, quantity FROM orders")[0][1]) == "1.500000"
    assert (files / "a" / "合同.pdf").read_bytes() == b"%PDF"
    assert sorted(path.name for path in files.parent.iterdir()) == ["files"]


def test_the_archive_is_closed_to_others(saved):
    assert saved.stat().st_mode & 0o077 == 0


def test_a_database_with_tables_is_replaced_only_by_force(saved, empty, tmp_path):
    url = empty()
    ask(url, "CREATE TABLE precious AS SELECT 1 AS x")
    files = tmp_path / "other" / "files"
    files.mkdir(parents=True)
    (files / "old").write_text("old")
    with pytest.raises(backup.BackupFailed, match="--force"):
        backup.load(database_url=url, files=files, source=saved)
    assert ask(url, "SELECT x FROM precious") == [(1,)]
    backup.load(database_url=url, files=files, source=saved, force=True)
    assert ask(url, "SELECT count(*) FROM orders") == [(1,)]
    assert ask(url, "SELECT to_regclass('precious')") == [(None,)]
    assert not (files / "old").exists()
    assert list(files.parent.glob("files.before-restore-*/old"))


def test_a_database_in_use_is_left_alone(saved, empty, tmp_path):
    url = empty()
    with (
        psycopg.connect(url, application_name="gendan"),
        pytest.raises(backup.BackupFailed, match="running"),
    ):
        backup.load(database_url=url, files=tmp_path / "files", source=saved)


def test_an_archive_is_not_overwritten(saved, empty, tmp_path):
    with pytest.raises(backup.BackupFailed, match="exists"):
        backup.save(database_url=empty(), files=tmp_path / "none", target=saved)


def test_damage_and_other_files_are_recognised(saved, empty, tmp_path):
    (tmp_path / "text.tar").write_text("no archive")
    with pytest.raises(backup.BackupFailed, match="not a backup"):
        backup.load(database_url=empty(), files=tmp_path / "files", source=tmp_path / "text.tar")
    damaged = tmp_path / "damaged.tar"
    with tarfile.open(saved) as old, tarfile.open(damaged, "w") as new:
        for member in old:
            content = old.extractfile(member)
            data = content.read() if content else b""
            data = data[:-9] + b"!" * 9 if member.name == backup.DUMP else data
            new.addfile(member, io.BytesIO(data))
    with pytest.raises(backup.BackupFailed, match="damaged"):
        backup.load(database_url=empty(), files=tmp_path / "files", source=damaged)


def test_an_archive_cannot_write_outside_its_folder(tmp_path, empty):
    evil = tmp_path / "evil.tar"
    with tarfile.open(evil, "w") as archive:
        member = tarfile.TarInfo("../../escaped")
        member.size = 1
        archive.addfile(member, io.BytesIO(b"x"))
    with pytest.raises(backup.BackupFailed, match="outside"):
        backup.load(database_url=empty(), files=tmp_path / "home" / "files", source=evil)
    assert not (tmp_path / "escaped").exists()
