"""What the answers to S3 count, and what of that arrives."""

from fixtures.case import show, step_of
from fixtures.drivers.line.frames import Answer
from fixtures.drivers.peers import PeerTimeout
from fixtures.errors import Nonconformity
from suites.spec.profiles import Profile
from suites.steps.transfer import receive_exactly
from suites.steps.uses import TcpCall, TcpService


def refused(answer: Answer) -> bool:
    """The answer to S3 tells a loss or an error, and not how many bytes were sent."""
    return not answer.ok or answer.payload == b"-1"


def count_of(answer: Answer) -> int:
    """What an answer to S3 counts; 0 where it counts nothing."""
    return 0 if refused(answer) or not answer.payload.isdigit() else int(answer.payload)


def received(use: TcpService | TcpCall, sent: bytes, packets: list[Answer], profile: Profile) -> bytes:
    """The bytes that have arrived once the peer reads, of ``sent`` all. Raises ModuleFault.

    The last S3 has ended before all its bytes were sent: where only bytes of this S3 are missing, its count is wrong.
    """
    before = len(use.peer.received)
    try:
        with step_of("DA-SEND"):
            return receive_exactly(use.peer, len(sent), profile.seconds("transfer")) + use.peer.receive_available(0.1)
    except PeerTimeout as fault:
        got = use.peer.received[before:]
        if sent.startswith(got) and len(got) >= len(sent) - count_of(packets[-1]):
            told = f"the number of the bytes that were sent of the last S3, with {len(got)} of {len(sent)} arrived"
            raise Nonconformity("DA-SEND-COUNT", told, show(packets[-1])) from fault
        raise
