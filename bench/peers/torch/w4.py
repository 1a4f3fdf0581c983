"""Training steps of a GPT without biases: clipping, AdamW."""

import torch
import torch.nn.functional as F

from gpt import GPT
from training import TrainingSession


def open_session(case, sizes, optimize):
    vocabulary, block, batch = (sizes[name] for name in ("vocabulary", "block", "batch"))
    model = GPT(vocabulary, block, sizes["layers"], sizes["heads"], sizes["width"], bias=False)
    forward = optimize(lambda x, y: F.cross_entropy(model(x).view(-1, vocabulary), y.view(-1)))
    parameters = list(model.parameters())
    groups = [
        {"params": [p for p in parameters if p.dim() >= 2], "weight_decay": 0.1},
        {"params": [p for p in parameters if p.dim() < 2], "weight_decay": 0.0},
    ]
    optimizer = torch.optim.AdamW(groups, lr=1e-3, betas=(0.9, 0.99), foreach=True)

    def step(x, y):
        optimizer.zero_grad(set_to_none=True)
        loss = forward(x, y)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        return [loss.item()]

    def tokens():
        return torch.randint(0, vocabulary, (batch, block))

    return TrainingSession(lambda: (tokens(), tokens()), step)
