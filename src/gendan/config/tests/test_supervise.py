"""The supervisor restarts what dies and leaves nothing behind."""

import json
import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from gendan.config import processes, supervise

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
# A child with a child of its own, as the web server has.
FAMILY = [
    sys.executable,
    "-c",
    "import subprocess, sys, time; p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']);"
    "print(p.pid, flush=True); time.sleep(60)",
]
SUPERVISED = """
import sys, json
from pathlib import Path
from gendan.config.supervise import Child, Supervisor
command = json.loads(sys.argv[2])
Supervisor([Child("one", command), Child("two", command)], Path(sys.argv[1])).run(lambda: print("up", flush=True))
print("down", flush=True)
"""


def start(record, command):
    process = subprocess.Popen(
        [sys.executable, "-c", SUPERVISED, str(record), json.dumps(command)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert "up\n" in iter(process.stdout.readline, "")
    return process


def children(record):
    return json.loads(record.read_text())


def until(condition, seconds=20.0):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)


@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_all_children(tmp_path, kind):
    record = tmp_path / "children.json"
    with start(record, SLEEP) as supervisor:
        pids = children(record).values()
        supervisor.send_signal(kind)
        assert supervisor.wait(20) == 0
    assert not any(processes.is_alive(pid) for pid in pids)
    assert not record.exists()


def test_a_storm_of_signals_does_not_deafen_it(tmp_path):
    with start(tmp_path / "children.json", SLEEP) as supervisor:
        for _ in range(3000):
            supervisor.send_signal(signal.SIGCHLD)
        supervisor.terminate()
        assert supervisor.wait(20) == 0


def test_a_child_that_dies_is_started_again(tmp_path):
    record = tmp_path / "children.json"
    with start(record, SLEEP) as supervisor:
        before = children(record)
        os.kill(before["one"], signal.SIGKILL)
        until(lambda: children(record).get("one") not in {None, before["one"]})
        assert children(record)["two"] == before["two"]
        supervisor.terminate()


def test_a_database_that_does_not_start_is_tried_again_and_ends_nothing(tmp_path):
    asked = []

    def guard():
        asked.append(time.monotonic())
        return len(asked) > 2

    ends_at_once = supervise.Child("one", [sys.executable, "-c", "pass"], pause=60)
    supervisor = supervise.Supervisor([ends_at_once], tmp_path / "children.json", guard)

    def stop_when_tried_again():
        until(lambda: len(asked) > 2)
        os.kill(os.getpid(), signal.SIGTERM)

    told = threading.Thread(target=stop_when_tried_again)
    told.start()
    supervisor.run()
    told.join()
    assert len(asked) >= 3


@pytest.mark.skipif(not processes.LINUX, reason="needs the kernel to tell children of their parent's death")
def test_children_end_with_a_killed_supervisor_and_the_next_start_sweeps_the_rest(tmp_path):
    record = tmp_path / "children.json"
    with start(record, FAMILY) as supervisor:
        pids = list(children(record).values())
        family = [pid for leader in pids for pid in processes.group(leader)]
        until(lambda: len([pid for leader in pids for pid in processes.group(leader)]) == 4)
        family = [pid for leader in pids for pid in processes.group(leader)]
        supervisor.kill()
    until(lambda: not any(processes.is_alive(pid) for pid in pids))
    supervise.sweep(record)
    until(lambda: not any(processes.is_alive(pid) for pid in family))
    assert not record.exists()


def test_a_foreign_process_with_a_used_id_is_left_alone(tmp_path):
    record = tmp_path / "children.json"
    with subprocess.Popen(["/bin/sleep", "60"], start_new_session=True) as foreign:
        record.write_text(json.dumps({"web": foreign.pid}))
        supervise.sweep(record)
        assert foreign.poll() is None
        foreign.kill()


def test_two_supervisors_of_one_home_are_refused(tmp_path):
    lock = tmp_path / "up.lock"
    with supervise.sole(lock), pytest.raises(supervise.AlreadyRunning), supervise.sole(lock):
        pass
    with supervise.sole(tmp_path / "up.lock"):
        pass
