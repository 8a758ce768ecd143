"""What bench/kernel.ts measures, on gevent: kernel.py spawn|park|switch|sleep prints one figure."""
import resource
import sys
import time

import gevent
from gevent.event import Event
from greenlet import greenlet

SPAWNED = 200_000
PARKED = 100_000
SWITCHES = 1_000_000
YIELDS = 200_000


def nothing():
    pass


def spawn():
    began = time.perf_counter()
    gevent.joinall([gevent.spawn(nothing) for _ in range(SPAWNED)])
    return time.perf_counter() - began


def park():
    event = Event()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    kept = [gevent.spawn(event.wait) for _ in range(PARKED)]
    gevent.sleep(0.1)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    event.set()
    gevent.joinall(kept)
    return grown * 1024 / PARKED


def switch():
    def eat():
        for _ in range(SWITCHES // 2):
            other.switch()

    def play():
        while True:
            one.switch()

    one, other = greenlet(eat), greenlet(play)
    began = time.perf_counter()
    one.switch()
    return time.perf_counter() - began


def sleep():
    def turns():
        for _ in range(YIELDS // 2):
            gevent.sleep(0)

    began = time.perf_counter()
    gevent.joinall([gevent.spawn(turns), gevent.spawn(turns)])
    return time.perf_counter() - began


print({"spawn": spawn, "park": park, "switch": switch, "sleep": sleep}[sys.argv[1]]())
