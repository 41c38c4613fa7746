"""Serves the samples of a file in the Prometheus text format with prometheus_client, as one gauge a family.

It prints the port that it listens on.
"""

import sys
from wsgiref.simple_server import WSGIRequestHandler, make_server

from prometheus_client import CollectorRegistry, Gauge, make_wsgi_app
from prometheus_client.parser import text_fd_to_metric_families


class SilentHandler(WSGIRequestHandler):
    def log_message(self, format, *args):
        pass


def fill(path):
    registry = CollectorRegistry()
    with open(path, encoding="utf-8") as file:
        for family in text_fd_to_metric_families(file):
            if family.type == "histogram":
                continue
            gauges = None
            for sample in family.samples:
                if gauges is None:
                    gauges = Gauge(sample.name, family.documentation, list(sample.labels), registry=registry)
                gauge = gauges.labels(**sample.labels) if sample.labels else gauges
                gauge.set(sample.value)
    return registry


def main():
    app = make_wsgi_app(fill(sys.argv[1]))
    with make_server("127.0.0.1", 0, app, handler_class=SilentHandler) as server:
        print(server.server_port, flush=True)
        server.serve_forever()


main()
