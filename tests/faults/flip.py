"""One flipped bit in what a NATS server has written of the stream: a disk that lies."""

import asyncio
from pathlib import Path
from random import Random

HEADER_BYTES = 16
"""The beginning of a block file that is left alone: whole blocks that cannot be read are another fault."""


async def flip_bit(store: Path, stream: str, draw: Random) -> str:
    """Flips one bit of one of the stream's blocks, at a place that `draw` decides; says where."""
    return await asyncio.to_thread(_flip_bit, store, stream, draw)


def _flip_bit(store: Path, stream: str, draw: Random) -> str:
    blocks = sorted(each for each in store.glob(f"jetstream/*/streams/{stream}/msgs/*.blk") if each.stat().st_size)
    block = draw.choice(blocks)
    at = draw.randrange(min(HEADER_BYTES, block.stat().st_size - 1), block.stat().st_size)
    bit = draw.randrange(8)
    with block.open("r+b") as file:
        file.seek(at)
        byte = file.read(1)[0]
        file.seek(at)
        file.write(bytes([byte ^ 1 << bit]))
    return f"bit {bit} of byte {at} of {block.stat().st_size} in {block.name}, one of {len(blocks)} blocks"
