"""What passes between our functions is pickled where it travels, and never to learn its size."""

import apache_beam as beam
from apache_beam.coders import registry

from pipeline.frame.engines.beam_graph import over
from pipeline.frame.engines.opaque import Opaque, OpaqueCoder
from pipeline.frame.graph import Map


class Heavy:
    """Cannot be pickled."""

    def __reduce__(self) -> str:
        raise TypeError("pickled")


def test_what_travels_comes_back() -> None:
    coder = OpaqueCoder()
    assert coder.decode(coder.encode({"rye": (1, 2)})) == {"rye": (1, 2)}


def test_its_size_is_known_without_pickling() -> None:
    implementation = OpaqueCoder().get_impl()
    assert implementation.get_estimated_size_and_observables(Heavy()) == (0, [])


def test_every_function_of_ours_gives_opaque_elements() -> None:
    numbers = beam.Pipeline() | beam.Create([1])
    given = over(Map(int), numbers)
    assert given.element_type is Opaque
    assert isinstance(registry.get_coder(given.element_type), OpaqueCoder)
