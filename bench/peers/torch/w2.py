"""gelu(x * a + b) * c, elementwise, forward or both ways."""

import torch
import torch.nn.functional as F


def formula(x, a, b, c):
    return F.gelu(x * a + b, approximate="tanh") * c


class Elementwise:
    def __init__(self, elements, both_ways, optimize):
        self.elements = elements
        self.both_ways = both_ways
        self.formula = optimize(formula)
        self.inputs = []
        self.outputs = []

    def prepare(self, steps):
        self.outputs = []
        self.inputs = []
        for _ in range(steps):
            numbers = [torch.rand(()) * 2 - 1 for _ in range(3)]
            inputs = [torch.rand(self.elements) * 2 - 1, *numbers]
            self.inputs.append([value.requires_grad_(self.both_ways) for value in inputs])

    def run(self):
        for inputs in self.inputs:
            if self.both_ways:
                total = self.formula(*inputs).sum()
                total.backward()
                self.outputs.append([total.detach(), *(value.grad for value in inputs)])
            else:
                with torch.no_grad():
                    self.outputs.append([self.formula(*inputs)])

    def inspect(self):
        for output in self.outputs:
            if not all(torch.isfinite(value.sum()) for value in output):
                raise ValueError("The results hold NaN or infinity.")


def open_session(case, sizes, optimize):
    return Elementwise(sizes["elements"], sizes["direction"] == "forward+backward", optimize)
