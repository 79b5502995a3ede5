"""The parent's end of a worker's pipe delivers whole messages in order and never blocks."""

import pickle
import struct
from multiprocessing.connection import Connection

import pytest

from lazyrich.serving.workers.channel import Channel, MalformedMessage


@pytest.fixture
def channel():
    channel = Channel(most_bytes=30_000_000)
    yield channel
    channel.close()


@pytest.fixture
def theirs(channel):
    connection = Connection(channel.theirs.detach())
    yield connection
    connection.close()


def test_messages_are_read_whole_and_in_order_in_any_fragments(channel, theirs):
    sent = [("frame", "x" * size) for size in (0, 1, 10, 100_000)] + [("pong",)]
    for message in sent:
        theirs.send(message)
    read = []
    while len(read) < len(sent):
        read += channel.read()
    assert read == sent
    assert channel.read() == []
    for byte in struct.pack("!i", 5) + pickle.dumps(7, protocol=2):
        theirs._write(theirs.fileno(), bytes([byte]))
        read += channel.read()
    assert read == [*sent, 7]


def test_sending_to_an_end_that_does_not_read_does_not_block_and_loses_no_message(channel, theirs):
    sent = [("start", number, "x" * 100_000) for number in range(100)]
    for message in sent:
        channel.send(message)  # far more than the system keeps for a pipe
    for message in sent:
        while not theirs.poll(0):
            channel.flush()
        channel.flush()
        assert receive(channel, theirs) == message


def receive(channel, theirs):
    """A message, of which the other end has to send the rest while it is read."""
    read, whole = b"", 4
    while len(read) < whole:
        if not theirs.poll(0):
            channel.flush()
        read += theirs._read(theirs.fileno(), whole - len(read))
        if len(read) == 4 and whole == 4:
            whole += struct.unpack("!i", read)[0]
    return pickle.loads(read[4:])


@pytest.mark.parametrize("data", [b"\xff" * 4, struct.pack("!i", 30_000_001), struct.pack("!i", 3) + b"abc"])
def test_bytes_that_are_no_message_raise_an_error(channel, theirs, data):
    theirs._write(theirs.fileno(), data)
    with pytest.raises(MalformedMessage):
        channel.read()


def test_the_close_of_the_other_end_is_reported_after_its_messages(channel, theirs):
    theirs.send(1)
    theirs.close()
    assert channel.read() == [1]
    with pytest.raises(EOFError):
        channel.read()
    channel.send(("ping",))


def test_a_reset_connection_is_reported_as_closed(channel, theirs):
    """The system resets such a connection."""
    channel.send(("ping",))
    theirs.close()
    with pytest.raises(EOFError):
        channel.read()
