"""A proxy that swallows answers lets requests through; whoever waits for an answer learns that it will not come."""

import asyncio

from tests.faults.proxy import Proxy


async def test_a_request_arrives_and_its_answer_does_not() -> None:
    heard: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            heard.append(line)
            writer.write(b"answer to " + line)
            swallowed.set()
        writer.close()

    swallowed = asyncio.Event()
    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    proxy = Proxy("test", server.sockets[0].getsockname()[1])
    await proxy.start()
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        writer.write(b"one\n")
        assert await reader.readline() == b"answer to one\n"

        proxy.swallow()
        swallowed.clear()
        writer.write(b"two\n")
        await asyncio.wait_for(swallowed.wait(), 10)
        assert heard == [b"one\n", b"two\n"]
        writer.write(b"three\n")
        proxy_heard = asyncio.ensure_future(reader.read())
        while not proxy._unanswered:  # noqa: ASYNC110 - the proxy is a task of its own
            await asyncio.sleep(0)
        proxy.mend()
        assert await asyncio.wait_for(_nothing(proxy_heard), 10)

        reader, again = await asyncio.open_connection("127.0.0.1", proxy.port)
        again.write(b"four\n")
        assert await reader.readline() == b"answer to four\n"
        again.close()
        writer.close()
    finally:
        await proxy.stop()
        server.close()


async def _nothing(reading: "asyncio.Future[bytes]") -> bool:
    """Tell if the connection ended without another byte."""
    try:
        return await reading == b""
    except ConnectionResetError:
        return True
