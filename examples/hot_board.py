"""The constructed log of a board that warms up and throttles: hot_board.csv and hot_board_tokens.csv beside this file.

Forty calls follow each other. A token takes 80 ms at 40 degC and 0.15 % more with each kelvin; from 85 degC on the
clock falls to 60 % until the board is at 80 degC again. The noise of a call is drawn with a fixed seed.
"""

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
START = datetime(2026, 6, 11, 12, 0, tzinfo=UTC)
RESISTANCE, TIME_CONSTANT, AMBIENT = 8.2, 90.0, 30.0  # K/W, s, degC
CLOCK, LOW = 921.0, 553.0  # MHz


def stamp(seconds: float) -> str:
    """A time of the run."""
    return (START + timedelta(seconds=round(seconds, 3))).isoformat(timespec="milliseconds")


def main() -> None:
    """Write both files."""
    noise = random.Random(9)  # noqa: S311 - no secret
    board, calls = ["time,power [W],temp [degC],clock [MHz]"], ["request,start,end,prompt_tokens,output_tokens"]
    warmth, throttled, made, wanted = AMBIENT + 10.0, False, 0.0, 100
    start, number, second = 0.0, 1, 0
    while number <= 40:
        throttled = warmth >= (80.0 if throttled else 85.0)
        clock = LOW if throttled else CLOCK
        power = 7.2 * (0.4 + 0.6 * clock / CLOCK)
        board.append(f"{stamp(second)},{power:.2f},{warmth:.1f},{clock:.0f}")
        rate = 12.5 * clock / CLOCK / (1 + 0.0015 * (warmth - 40.0))
        if made == 0.0:
            wanted = noise.randint(90, 110)
            speed = 1 + 0.01 * noise.gauss(0, 1)
        made += rate * speed
        if made >= wanted:
            end = second + 1 - (made - wanted) / (rate * speed)
            calls.append(f"r{number:02},{stamp(start)},{stamp(end)},32,{wanted}")
            start, made, number = second + 1.0, 0.0, number + 1
        warmth += (AMBIENT + RESISTANCE * power - warmth) / TIME_CONSTANT
        second += 1
    (FOLDER / "hot_board.csv").write_text("\n".join(board) + "\n")
    (FOLDER / "hot_board_tokens.csv").write_text("\n".join(calls) + "\n")


if __name__ == "__main__":
    main()
