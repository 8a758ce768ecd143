"""The way of gevent's classic examples: a pool of greenlets, each with urlopen and 1 KB reads. LIST OUT CONCURRENCY"""
from gevent import monkey

monkey.patch_all()

import os
import ssl
import sys
from urllib.request import urlopen

from gevent.pool import Pool

source, out, concurrency = sys.argv[1:]
context = ssl._create_unverified_context()
failed = []


def fetch(url):
    try:
        secure = {"context": context} if url.startswith("https:") else {}
        with urlopen(url, **secure) as response, open(os.path.join(out, url.rsplit("/", 1)[1]), "wb") as file:
            while chunk := response.read(1024):
                file.write(chunk)
    except OSError as error:
        failed.append(f"{url}: {error}")


os.makedirs(out, exist_ok=True)
pool = Pool(int(concurrency))
with open(source) as urls:
    for url in urls:
        pool.spawn(fetch, url.strip())
pool.join()
sys.exit("\n".join(failed[:3]) or None)
