"""Training steps of an MLP with Adam."""

import torch
import torch.nn.functional as F
from torch import nn

from training import TrainingSession


def open_session(case, sizes, optimize):
    inputs, hidden, classes, batch = (sizes[name] for name in ("inputs", "hidden", "classes", "batch"))
    model = nn.Sequential(
        nn.Linear(inputs, hidden), nn.ReLU(), nn.Linear(hidden, hidden), nn.ReLU(), nn.Linear(hidden, classes)
    )
    forward = optimize(lambda x, y: F.cross_entropy(model(x), y))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, foreach=True)

    def step(x, y):
        optimizer.zero_grad(set_to_none=True)
        loss = forward(x, y)
        loss.backward()
        optimizer.step()
        return [loss.item()]

    return TrainingSession(lambda: (torch.randn(batch, inputs), torch.randint(0, classes, (batch,))), step)
