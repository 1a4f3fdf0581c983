import math


class TrainingSession:
    """Training steps on fresh batches, of which the losses are read."""

    def __init__(self, make_batch, step):
        """`step` takes a batch and returns a list of losses, as numbers."""
        self.make_batch = make_batch
        self.step = step
        self.batches = []
        self.losses = []

    def prepare(self, steps):
        self.batches = [self.make_batch() for _ in range(steps)]

    def run(self):
        self.losses = [loss for batch in self.batches for loss in self.step(*batch)]

    def inspect(self):
        if not all(map(math.isfinite, self.losses)):
            raise ValueError(f"The losses are not finite: {self.losses}.")
