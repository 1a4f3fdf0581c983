"""GPT-2 124M with random weights: decoding, a long prompt, fine-tuning."""

import torch
import torch.nn.functional as F

from gpt import GPT
from training import TrainingSession


class Decoding:
    """A prompt, read outside of the clock, and tokens one by one."""

    def __init__(self, model, sizes):
        self.model = model
        self.vocabulary = sizes["vocabulary"]
        self.prompt = sizes["prompt"]
        shape = (1, sizes["heads"], sizes["prompt"] + sizes["tokens"], sizes["width"] // sizes["heads"])
        self.caches = [(torch.zeros(shape), torch.zeros(shape)) for _ in range(sizes["layers"])]
        self.steps = 0
        self.token = None
        self.logits = None

    @torch.inference_mode()
    def prepare(self, steps):
        self.steps = steps
        prompt = torch.randint(0, self.vocabulary, (1, self.prompt))
        self.token = self.model(prompt, self.caches, 0, last_only=True).argmax(-1)

    @torch.inference_mode()
    def run(self):
        for i in range(self.steps):
            self.logits = self.model(self.token, self.caches, self.prompt + i, last_only=True)
            self.token = self.logits.argmax(-1)
            self.token.item()

    def inspect(self):
        if not torch.isfinite(self.logits.sum()):
            raise ValueError("The logits hold NaN or infinity.")


class Prefill:
    def __init__(self, model, sizes, optimize):
        self.forward = optimize(lambda ids: model(ids, last_only=True))
        self.vocabulary = sizes["vocabulary"]
        self.time = sizes["time"]
        self.inputs = []
        self.logits = None

    def prepare(self, steps):
        self.inputs = [torch.randint(0, self.vocabulary, (1, self.time)) for _ in range(steps)]

    @torch.inference_mode()
    def run(self):
        for ids in self.inputs:
            self.logits = self.forward(ids)

    def inspect(self):
        if not torch.isfinite(self.logits.sum()):
            raise ValueError("The logits hold NaN or infinity.")


def fine_tuning(model, sizes, optimize):
    vocabulary = sizes["vocabulary"]
    forward = optimize(lambda x, y: F.cross_entropy(model(x).view(-1, vocabulary), y.view(-1)))
    # One parameter after the other: all at once is faster by little, and takes a copy of them all.
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-5, weight_decay=0.01, foreach=False)

    def step(x, y):
        optimizer.zero_grad(set_to_none=True)
        loss = forward(x, y)
        loss.backward()
        optimizer.step()
        return [loss.item()]

    def tokens():
        return torch.randint(0, vocabulary, (sizes["batch"], sizes["time"]))

    return TrainingSession(lambda: (tokens(), tokens()), step)


def open_session(case, sizes, optimize):
    shape = (sizes[name] for name in ("vocabulary", "block", "layers", "heads", "width"))
    model = GPT(*shape, bias=True)
    if case == "finetune":
        return fine_tuning(model, sizes, optimize)
    if case == "decode":
        return Decoding(model, sizes)
    return Prefill(model, sizes, optimize)
