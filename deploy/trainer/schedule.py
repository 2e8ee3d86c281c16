"""When the learning rate rises and falls, and when a loss is a spike. Plain numbers, no torch."""

from collections import deque
from dataclasses import dataclass, field
from statistics import median

from gristmill import MixPlan

ANNEAL = "anneal"
LAST = 0.2  # of the samples, over which the rate falls where no phase anneals
FLOOR = 0.1  # of the peak, where the rate ends


@dataclass(frozen=True)
class Schedule:
    """Learning rates by global sample: a linear rise, the peak, and a linear fall to its end.

    By sample and not by step, so that leaving batches out does not move the fall away from its
    phase.
    """

    peak: float
    warm: int  # samples over which it rises
    fall: int  # the first sample of the fall
    end: int  # where it ends

    def rate(self, sample: int) -> float:
        """The rate of the batch that begins with `sample`."""
        rising = min(1.0, (sample + 1) / max(1, self.warm))
        gone = min(1.0, max(0.0, (sample - self.fall) / max(1, self.end - self.fall)))
        return self.peak * rising * (1 - gone * (1 - FLOOR))


def schedule_of(plan: MixPlan, samples: int, peak: float, warm: int) -> Schedule:
    """The fall is on the annealing phase, where `samples` reach it, or on the last fifth."""
    starts = [span.start for span in plan.spans if span.phase.name == ANNEAL]
    reached = [start for start in starts if start < samples]
    fall = reached[0] if reached else int(samples * (1 - LAST))
    return Schedule(peak, warm, fall, samples)


def phase_at(plan: MixPlan, sample: int) -> str:
    """The name of the phase that a sample is in."""
    return next(span.phase.name for span in plan.spans if sample < span.stop)


@dataclass
class Spikes:
    """Tells a loss that is far above those before it: by `times` their spread, and no number at all
    too. The spread is the median distance from the median, so that a spike hides no other.
    """

    times: float
    window: int = 64
    least: int = 16  # losses before which none is a spike
    seen: deque[float] = field(default_factory=deque)

    def is_spike(self, loss: float) -> bool:
        """Whether `loss` is one; if not, it is remembered."""
        middle = median(self.seen) if self.seen else 0.0
        spread = median(abs(one - middle) for one in self.seen) if self.seen else 0.0
        known = len(self.seen) >= self.least
        far = known and loss > middle + self.times * max(spread, 0.005 * middle)
        if far or loss != loss or loss == float("inf"):
            return True
        self.seen.append(loss)
        if len(self.seen) > self.window:
            self.seen.popleft()
        return False
