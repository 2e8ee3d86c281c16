"""What tells one dump from another where neither names nor sizes do."""

import gzip
from pathlib import Path

from pipeline.jobs.classify import dump_mark
from pipeline.sample import write_sample


def test_a_dump_that_was_edited_without_a_change_of_size_is_another(tmp_path: Path) -> None:
    write_sample(str(tmp_path), 200, 40)
    dump = tmp_path / "wikipedia"
    before = dump_mark(str(dump))
    table = next(path for path in sorted(dump.iterdir()) if path.name.endswith(".sql.gz"))
    text = gzip.decompress(table.read_bytes())
    data = [gzip.compress(one, mtime=0) for one in (text, text.replace(b"e", b"i", 1))]
    marks = []
    for one in data:
        table.write_bytes(one.ljust(max(map(len, data)), b"\0"))
        marks.append(dump_mark(str(dump)))
    assert len({before, *marks}) == 3
    assert dump_mark(str(dump)) == marks[-1]
    assert dump_mark("") == ""
