"""How far an engine's answers are from those they should be: a table of RMS error over the expected output's own RMS.

    lite3r_student engine-errors EXPECTED/fp32 ANSWERS...
"""

from pathlib import Path

from .graph import errors


def add_arguments(parser):
    parser.add_argument("expected", type=Path)
    parser.add_argument("answers", type=Path, nargs="+")


def main(args):
    names = sorted(file.stem for file in args.expected.glob("*.bin"))
    print(f"| answers | {' | '.join(names)} |\n|---|{'---|' * len(names)}")
    for folder in args.answers:
        found = errors(folder, args.expected)
        print(f"| {folder.name} | {' | '.join(f'{found[name]:.1e}' for name in names)} |", flush=True)
