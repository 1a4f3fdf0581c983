"""DCGAN on pictures of 32 x 32: a step of the discriminator and one of the generator."""

import torch
import torch.nn.functional as F
from torch import nn

from training import TrainingSession


def make_generator(channels, base, noise):
    def up(before, after, stride, padding):
        return nn.ConvTranspose2d(before, after, 4, stride, padding, bias=False)

    return nn.Sequential(
        *(up(noise, 4 * base, 1, 0), nn.BatchNorm2d(4 * base), nn.ReLU(inplace=True)),
        *(up(4 * base, 2 * base, 2, 1), nn.BatchNorm2d(2 * base), nn.ReLU(inplace=True)),
        *(up(2 * base, base, 2, 1), nn.BatchNorm2d(base), nn.ReLU(inplace=True)),
        *(up(base, channels, 2, 1), nn.Tanh()),
    )


def make_discriminator(channels, base):
    def down(before, after, stride, padding):
        return nn.Conv2d(before, after, 4, stride, padding, bias=False)

    return nn.Sequential(
        *(down(channels, base, 2, 1), nn.LeakyReLU(0.2, inplace=True)),
        *(down(base, 2 * base, 2, 1), nn.BatchNorm2d(2 * base), nn.LeakyReLU(0.2, inplace=True)),
        *(down(2 * base, 4 * base, 2, 1), nn.BatchNorm2d(4 * base), nn.LeakyReLU(0.2, inplace=True)),
        *(down(4 * base, 1, 1, 0), nn.Flatten(0)),
    )


def initialize(module):
    if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d)):
        nn.init.normal_(module.weight, 0.0, 0.02)
    elif isinstance(module, nn.BatchNorm2d):
        nn.init.normal_(module.weight, 1.0, 0.02)


def open_session(case, sizes, optimize):
    channels, base, noise, batch = (sizes[name] for name in ("channels", "base", "noise", "batch"))
    models = make_generator(channels, base, noise), make_discriminator(channels, base)
    for model in models:
        model.apply(initialize)
    generator, discriminator = map(optimize, models)
    of_generator, of_discriminator = (
        torch.optim.Adam(model.parameters(), lr=2e-4, betas=(0.5, 0.999), foreach=True) for model in models
    )
    ones, zeros = torch.ones(batch), torch.zeros(batch)
    loss = F.binary_cross_entropy_with_logits

    def step(real, z):
        of_discriminator.zero_grad(set_to_none=True)
        on_real = loss(discriminator(real), ones)
        on_real.backward()
        fake = generator(z)
        on_fake = loss(discriminator(fake.detach()), zeros)
        on_fake.backward()
        of_discriminator.step()
        of_generator.zero_grad(set_to_none=True)
        # The discriminator's own gradients are of no use here.
        models[1].requires_grad_(False)
        fooled = loss(discriminator(fake), ones)
        fooled.backward()
        models[1].requires_grad_(True)
        of_generator.step()
        return [on_real.item() + on_fake.item(), fooled.item()]

    def make_batch():
        return torch.randn(batch, channels, 32, 32).tanh(), torch.randn(batch, noise, 1, 1)

    return TrainingSession(make_batch, step)
