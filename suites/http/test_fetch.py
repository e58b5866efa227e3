"""HTTP clients fetch a small site through the module, one connection a request."""

import pytest

from fixtures.case import Case
from fixtures.errors import PeerError
from suites.http.clients import Fetcher, browser_command, curl_command, folder, running
from suites.http.serving import WebServer
from suites.http.site import FILES, SEEN
from suites.steps.flows import Server

pytestmark = pytest.mark.needs("multi_accept")

BROWSER_S = 20.0
UNUSED_S = 1.0
"""Seconds of silence on a browser's connection before the next connection is served."""


@pytest.fixture
def pace(bench_pace: float) -> float:
    """Seconds that this module takes to serve one file, by a generous estimate."""
    return 30.0 + 300 * bench_pace


def fetcher(server: Server, paths: list[str], limit: float) -> Fetcher:
    """A client for ``paths`` that comes from where the rig's peers do."""
    peers = server.peers
    return Fetcher(peers.module_address, server.port, paths, source=peers.peer_address, timeout=limit)


def serve(server: Server, clients: list[Fetcher], limit: float) -> WebServer:
    """Serve until all ``clients`` have ended."""
    web = WebServer(server, patience=server.profile.seconds("transfer"))
    for one in clients:
        one.start()
    web.run(lambda: not any(one.is_alive() for one in clients), limit)
    return web


def whole(case: Case, requirement: str, got: dict[str, bytes], paths: list[str], problem: str) -> None:
    """Every path has arrived, unchanged."""
    missing = [path for path in paths if path not in got]
    case.require(requirement, not missing, f"all of {' '.join(paths)}", f"without {' '.join(missing)}: {problem}")
    changed = [path for path in paths if got[path] != FILES[path][1]]
    case.require(requirement, not changed, "every file as it was served", f"changed: {' '.join(changed)}")


@pytest.mark.requirement("HT-SEQUENTIAL")
@pytest.mark.parametrize("rounds", [1, 3])
def test_client_fetches_the_site_file_by_file(server: Server, case: Case, pace: float, rounds: int) -> None:
    server.up()
    paths = list(FILES)
    client = fetcher(server, paths * rounds, limit=pace)
    web = serve(server, [client], limit=rounds * pace * len(paths))
    whole(case, "HT-SEQUENTIAL", client.bodies, paths, client.problem or "the time was up")
    case.require("HT-SEQUENTIAL", web.served == paths * rounds, "each request once, in order", " ".join(web.served))


@pytest.mark.requirement("HT-AT-ONCE")
@pytest.mark.parametrize("count", [2, 5])
def test_clients_that_come_at_once_are_served_one_after_the_other(
    server: Server, case: Case, pace: float, count: int
) -> None:
    server.up()
    paths = list(FILES)[:count]
    clients = [fetcher(server, [path], limit=pace * count) for path in paths]
    web = serve(server, clients, limit=pace * count)
    got = {path: body for one in clients for path, body in one.bodies.items()}
    problems = "; ".join(one.problem for one in clients if one.problem)
    whole(case, "HT-AT-ONCE", got, paths, problems or "the time was up")
    case.require("HT-AT-ONCE", sorted(web.served) == sorted(paths), "each request once", " ".join(web.served))


@pytest.mark.requirement("HT-CURL")
def test_curl_fetches_the_site(server: Server, case: Case, pace: float) -> None:
    server.up()
    paths = list(FILES)
    limit = pace * len(paths)
    urls = [f"http://{server.peers.module_address}:{server.port}{path}" for path in paths]
    with folder() as place:
        command = curl_command(urls, place, source=server.peers.peer_address, limit=limit)
        with running(command, place) as curl:
            WebServer(server, patience=server.profile.seconds("transfer")).run(curl.done, limit)
            status = curl.status
        files = {path: place / str(number) for number, path in enumerate(paths)}
        got = {path: file.read_bytes() for path, file in files.items() if file.exists()}
    whole(case, "HT-CURL", got, paths, f"curl's exit status {status}")


@pytest.mark.requirement("HT-BROWSER")
def test_browser_loads_a_page_with_style_script_and_images(server: Server, case: Case) -> None:
    server.up()
    host = server.peers.module_address
    web = WebServer(server, patience=UNUSED_S)
    with folder() as place, running(browser_command(f"http://{host}:{server.port}/", host, place), place) as browser:
        finished = web.run(browser.done, BROWSER_S)
        page, status = browser.output(), browser.status
    undecided(web, browser=status, finished=finished)
    require_browser(server, web, page)
    case.observe("HT-BROWSER", "requests, in order", " ".join(web.served))
    case.observe("HT-BROWSER", "connections that were never used", web.idle)
    case.require("HT-BROWSER", SEEN in page, f'a page whose script found "{SEEN}"', page[-400:])


def undecided(web: WebServer, *, browser: int | None, finished: bool) -> None:
    """End the case where the browser, and not the module, is the reason that nothing can be said."""
    if not finished:
        pytest.skip(
            f"the browser had not finished after {BROWSER_S:g} s; it had got {' '.join(web.served) or 'nothing'}"
        )
    if browser and not web.served:
        pytest.skip(f"the browser does not run on this machine: it ended with status {browser}")


def require_browser(server: Server, web: WebServer, page: str) -> None:
    """Require that the browser came, or left a page that says why not; or else that the module serves another client.

    A browser ends without a page where the module turns it away, and where it has failed itself: only another client
    tells. Raises PeerError, ModuleFault.
    """
    if page.strip() or web.reached:
        return
    server.serves(server.client())
    raise PeerError("the browser ended with no page and never came to the module, which serves another client")
