"""A decoder-only transformer on one page: RoPE, RMSNorm, SwiGLU, attention within documents.

Shapes: n samples, T tokens, h heads, d = width / h. A token sees those before it in its own
document and no others, so what stands beside a document in a sample does not change its logits.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.attention.flex_attention import BlockMask, create_block_mask, flex_attention
from torch.nn.functional import cross_entropy, rms_norm, scaled_dot_product_attention, silu

THETA = 10_000.0  # of RoPE (Su et al. 2021)
EPSILON = 1e-5


@dataclass(frozen=True)
class ModelConfig:
    """Sizes of a model; `width` is that of its stream, of which a head has width / heads."""

    vocabulary: int
    width: int = 128
    layers: int = 4
    heads: int = 4

    @property
    def hidden(self) -> int:
        """Of SwiGLU, 8/3 of the width: its three matrices cost what two of 4 do (Shazeer 2020)."""
        return -(-8 * self.width // 3 // 32) * 32

    @property
    def parameters(self) -> int:
        """All but the embedding, whose look-up costs nothing; the output shares its matrix."""
        return self.layers * (4 * self.width**2 + 3 * self.width * self.hidden)

    def flops(self, seq_len: int) -> int:
        """Floating-point operations of a token, forwards and backwards (Chowdhery et al. 2022):
        6 a parameter, the output's too, and attention over half of `seq_len` before it.
        """
        dense = 6 * (self.parameters + self.vocabulary * self.width)
        return dense + 6 * self.layers * self.width * seq_len


class Attention(nn.Module):  # type: ignore[misc]
    """Causal attention; `mask` says which tokens belong together, `rotation` where they stand."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.heads = config.heads
        self.into = nn.Linear(config.width, 3 * config.width, bias=False)
        self.out = nn.Linear(config.width, config.width, bias=False)

    def forward(self, x: Tensor, rotation: tuple[Tensor, Tensor], mask: Any) -> Tensor:
        n, length, width = x.shape
        parts = self.into(x).view(n, length, 3, self.heads, width // self.heads)
        queries, keys, values = parts.permute(2, 0, 3, 1, 4)  # each (n, h, T, d)
        queries, keys = rotated(queries, *rotation), rotated(keys, *rotation)
        values = values.to(queries.dtype)
        if isinstance(mask, Tensor):
            found = scaled_dot_product_attention(queries, keys, values, attn_mask=mask)
        else:
            found = flexible()(queries, keys, values, block_mask=mask)
        joined: Tensor = self.out(found.transpose(1, 2).reshape(n, length, width))
        return joined


class Layer(nn.Module):  # type: ignore[misc]
    """Attention and SwiGLU, each on the normalised stream and added to it."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.norms = nn.ParameterList(torch.ones(config.width) for _ in range(2))
        self.attention = Attention(config)
        self.gate = nn.Linear(config.width, 2 * config.hidden, bias=False)
        self.down = nn.Linear(config.hidden, config.width, bias=False)

    def forward(self, x: Tensor, rotation: tuple[Tensor, Tensor], mask: Any) -> Tensor:
        x = x + self.attention(normalised(x, self.norms[0]), rotation, mask)
        gate, up = self.gate(normalised(x, self.norms[1])).chunk(2, dim=-1)
        return x + self.down(silu(gate) * up)


class Model(nn.Module):  # type: ignore[misc]
    """Ids and positions (n, T) to logits (n, T, vocabulary); a position of 0 begins a document."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        self.embedding = nn.Embedding(config.vocabulary, config.width)
        self.layers = nn.ModuleList(Layer(config) for _ in range(config.layers))
        self.norm = nn.Parameter(torch.ones(config.width))
        for name, weight in self.named_parameters():
            if weight.dim() > 1:  # what is added to the stream begins smaller (Radford et al. 2019)
                into_stream = name.endswith(("out.weight", "down.weight"))
                nn.init.normal_(weight, std=0.02 / (2 * config.layers) ** (into_stream / 2))

    def forward(self, ids: Tensor, positions: Tensor) -> Tensor:
        rotation = angles(positions, self.config.width // self.config.heads)
        mask, x = document_mask(positions), self.embedding(ids)
        for layer in self.layers:
            x = layer(x, rotation, mask)
        return normalised(x, self.norm) @ self.embedding.weight.T.to(x.dtype)


def normalised(x: Tensor, weight: Tensor) -> Tensor:
    """RMSNorm (Zhang and Sennrich 2019)."""
    return rms_norm(x, (x.shape[-1],), weight.to(x.dtype), EPSILON)


def angles(positions: Tensor, size: int) -> tuple[Tensor, Tensor]:
    """Cosines and sines of RoPE, each (n, 1, T, size / 2)."""
    powers = torch.arange(0, size, 2, device=positions.device, dtype=torch.float32) / size
    turns = positions[:, None, :, None].float() * THETA**-powers
    return turns.cos(), turns.sin()


def rotated(x: Tensor, cosines: Tensor, sines: Tensor) -> Tensor:
    """Queries or keys (n, h, T, d), halves turned against each other."""
    first, second = x.float().chunk(2, dim=-1)
    turned = (first * cosines - second * sines, second * cosines + first * sines)
    return torch.cat(turned, dim=-1).to(x.dtype)


def document_mask(positions: Tensor) -> Any:
    """Which tokens each may see: (n, 1, T, T) on a CPU, blocks for the flexible kernel on a GPU."""
    if positions.device.type == "cuda" and len(positions):  # which makes no blocks of nothing
        return seen_blocks(positions)
    documents, length = (positions == 0).cumsum(dim=1), positions.shape[1]
    same = documents[:, None, :, None] == documents[:, None, None, :]
    return same & torch.ones(length, length, dtype=torch.bool).tril()


def seen_blocks(positions: Tensor) -> BlockMask:
    """The same for the flexible kernel."""
    documents, length = (positions == 0).cumsum(dim=1), positions.shape[1]

    def seen(n: Tensor, _head: Tensor, query: Tensor, key: Tensor) -> Tensor:
        return (query >= key) & (documents[n, query] == documents[n, key])

    return create_block_mask(seen, len(positions), None, length, length, positions.device)


@cache
def flexible() -> Any:
    """The kernel, compiled when it is first needed: blocks that no document spans cost nothing."""
    return torch.compile(flex_attention)


def loss_sum(logits: Tensor, labels: Tensor, mask: Tensor) -> Tensor:
    """Nats of the labels that count, summed, in float32."""
    return cross_entropy(logits[mask].float(), labels[mask], reduction="sum")
