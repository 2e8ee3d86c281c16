"""Formatting elements that are to be made anew where they were not closed by name."""

from dataclasses import dataclass, field

_SAME = 3  # elements that are alike are made anew no more often ("Noah's Ark")


@dataclass(slots=True, eq=False)
class Formatting:
    """A formatting element; `listed` until it is closed by name."""

    name: bytes
    listed: bool = True


@dataclass(slots=True)
class Listed:
    """The formatting elements since a marker, by name and by what the tag says in full."""

    by_name: dict[bytes, list[Formatting]] = field(default_factory=dict)
    by_tag: dict[bytes, list[Formatting]] = field(default_factory=dict)
    missing: list[Formatting] = field(default_factory=list)  # open no more

    def add(self, name: bytes, tag: bytes) -> Formatting:
        added = Formatting(name)
        self.by_name.setdefault(name, []).append(added)
        alike = [each for each in self.by_tag.get(tag, ()) if each.listed]
        if len(alike) == _SAME:
            alike.pop(0).listed = False
        self.by_tag[tag] = [*alike, added]
        return added

    def remove(self, name: bytes) -> None:
        """Takes the last one of a name off."""
        named = self.by_name.get(name, [])
        while named:
            last = named.pop()
            if last.listed:
                last.listed = False
                return
