"""A GPT as nanoGPT writes it (Karpathy, MIT licence), down to what the workloads use."""

import math

import torch
import torch.nn.functional as F
from torch import nn


def composed_attention(q, k, v, is_causal):
    """What PyTorch before version 2 has to write out."""
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.size(-1))
    if is_causal:
        hidden = torch.ones(q.size(-2), k.size(-2), dtype=torch.bool).triu(1)
        scores = scores.masked_fill(hidden, float("-inf"))
    return scores.softmax(-1) @ v


attention = getattr(F, "scaled_dot_product_attention", composed_attention)


class LayerNorm(nn.Module):
    """With a bias or without, in versions that know no such option too."""

    def __init__(self, width, bias):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.bias = nn.Parameter(torch.zeros(width)) if bias else None

    def forward(self, x):
        return F.layer_norm(x, self.weight.shape, self.weight, self.bias)


class Block(nn.Module):
    def __init__(self, width, heads, bias):
        super().__init__()
        self.heads = heads
        self.ln_1 = LayerNorm(width, bias)
        self.attn = nn.Linear(width, 3 * width, bias=bias)
        self.attn_out = nn.Linear(width, width, bias=bias)
        self.ln_2 = LayerNorm(width, bias)
        self.fc = nn.Linear(width, 4 * width, bias=bias)
        self.fc_out = nn.Linear(4 * width, width, bias=bias)

    def forward(self, x, cache=None, position=0):
        """`cache` is keys and values [batch, heads, capacity, size]; those of this call are written at `position`."""
        batch, time, width = x.shape
        q, k, v = (
            part.view(batch, time, self.heads, width // self.heads).transpose(1, 2)
            for part in self.attn(self.ln_1(x)).split(width, dim=2)
        )
        if cache is not None:
            end = position + time
            for kept, new in zip(cache, (k, v)):
                kept[:, :, position:end] = new
            k, v = (kept[:, :, :end] for kept in cache)
        mixed = attention(q, k, v, is_causal=time > 1)
        x = x + self.attn_out(mixed.transpose(1, 2).reshape(batch, time, width))
        return x + self.fc_out(F.gelu(self.fc(self.ln_2(x)), approximate="tanh"))


class GPT(nn.Module):
    def __init__(self, vocabulary, block, layers, heads, width, bias):
        super().__init__()
        self.wte = nn.Embedding(vocabulary, width)
        self.wpe = nn.Embedding(block, width)
        self.blocks = nn.ModuleList(Block(width, heads, bias) for _ in range(layers))
        self.ln_f = LayerNorm(width, bias)
        for parameter in self.parameters():
            if parameter.dim() == 2:
                nn.init.normal_(parameter, std=0.02)

    def forward(self, ids, caches=None, position=0, last_only=False):
        """ids [batch, time] to logits [batch, time or 1, vocabulary]; the last layer's weight is the embedding."""
        places = torch.arange(position, position + ids.shape[1])
        x = self.wte(ids) + self.wpe(places)
        for i, block in enumerate(self.blocks):
            x = block(x, None if caches is None else caches[i], position)
        if last_only:
            x = x[:, -1:]
        return F.linear(self.ln_f(x), self.wte.weight)
