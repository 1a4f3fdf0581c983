"""Products of fresh matrices."""

import torch


class Products:
    def __init__(self, m, k, n):
        self.sizes = (m, k, n)
        self.inputs = []
        self.outputs = []

    def prepare(self, steps):
        m, k, n = self.sizes
        self.outputs = []
        self.inputs = [(torch.rand(m, k) * 2 - 1, torch.rand(k, n) * 2 - 1) for _ in range(steps)]

    def run(self):
        self.outputs = [a @ b for a, b in self.inputs]

    def inspect(self):
        for output in self.outputs:
            if not torch.isfinite(output.sum()):
                raise ValueError("The product holds NaN or infinity.")
        # Freivalds' check, in double precision.
        a, b = self.inputs[-1]
        signs = torch.randint(0, 2, (self.sizes[2],)).double() * 2 - 1
        expected = a.double() @ (b.double() @ signs)
        difference = (self.outputs[-1].double() @ signs - expected).abs().max()
        if not difference <= 1e-4 * expected.square().mean().sqrt():
            raise ValueError("The product is wrong.")


def open_session(case, sizes, optimize):
    return Products(sizes["m"], sizes["k"], sizes["n"])
