"""Echo over TCP and UDP: returns what it gets.

usage: python3 -m tests.lab.servers.echo ADDRESS PORT
"""

import socketserver
import sys
import threading

from . import datagrams

_PIECE = 65536


class TcpEcho(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        try:
            while piece := self.request.recv(_PIECE):
                self.request.sendall(piece)
        except OSError:
            pass  # the client is gone


class TcpServer(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 256


if __name__ == "__main__":
    where = (sys.argv[1], int(sys.argv[2]))
    udp = datagrams.bind(*where)
    tcp = TcpServer(where, TcpEcho)  # last: whoever can connect finds both
    threading.Thread(target=tcp.serve_forever, daemon=True).start()
    datagrams.serve(udp, lambda datagram, source: datagram)
