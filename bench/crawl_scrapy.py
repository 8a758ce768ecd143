"""crawl_scrapy.py SEED OUT CONCURRENCY: the same crawl with Scrapy: links of the seed's host, robots.txt kept, each body in a file."""

import os
import sys
from urllib.parse import urlsplit

from scrapy.crawler import CrawlerProcess
from scrapy.linkextractors import LinkExtractor
from scrapy.spiders import CrawlSpider, Rule

seed, out, concurrency = sys.argv[1], sys.argv[2], int(sys.argv[3])


class Site(CrawlSpider):
    name = "site"
    start_urls = [seed]
    allowed_domains = [urlsplit(seed).hostname]
    rules = [Rule(LinkExtractor(), callback="keep", follow=True)]

    def parse_start_url(self, response):
        return self.keep(response)

    def keep(self, response):
        path = urlsplit(response.url).path
        name = out + (path + "index.html" if path.endswith("/") else path)
        os.makedirs(os.path.dirname(name), exist_ok=True)
        with open(name, "wb") as file:
            file.write(response.body)


process = CrawlerProcess(
    {
        "CONCURRENT_REQUESTS": concurrency,
        "CONCURRENT_REQUESTS_PER_DOMAIN": concurrency,
        "ROBOTSTXT_OBEY": True,
        "LOG_LEVEL": "ERROR",
        "TELNETCONSOLE_ENABLED": False,
        "REQUEST_FINGERPRINTER_IMPLEMENTATION": "2.7",
    }
)
process.crawl(Site)
process.start()
