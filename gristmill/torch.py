"""Tokens for trainers in PyTorch: `from gristmill.torch import TokenBatches, TokenSamples`."""

from pipeline.errors import needing

with needing("trainer", "reading tensors"):
    from pipeline.loader.batches import TokenBatches, TokenSamples

__all__ = ["TokenBatches", "TokenSamples"]
