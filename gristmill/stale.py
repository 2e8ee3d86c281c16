"""Whether a compiled module is older than the file that it stands for: edits would not be seen."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BUILD = "hatch_build.py"  # which a checkout has, and no installed package
SHARED = "*__mypyc.*.so"  # what all compiled modules have in common, beside the packages


def stale_module(ours: Path = ROOT) -> str:
    """One sentence that names such a file; "" where there is none."""
    if not (ours / BUILD).exists() or next(ours.glob(SHARED), None) is None:
        return ""
    for compiled in sorted((ours / "pipeline").rglob("*.so")):
        source = compiled.with_name(f"{compiled.name.partition('.')[0]}.py")
        if source.exists() and source.stat().st_mtime_ns > compiled.stat().st_mtime_ns:
            return (
                f"{str(source)!r} has been edited since it was compiled; run `make fast` again, or "
                "`make interpreted` to go back to the Python files"
            )
    return ""
