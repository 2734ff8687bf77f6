"""A small model with a bit of everything."""

from .programs import fill


def network(torch):
    nn = torch.nn

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.first = nn.Linear(3, 4)
            self.rest = nn.Sequential(nn.ReLU(), nn.Linear(4, 2))
            self.scale = nn.Parameter(torch.ones(2))
            self.register_buffer("seen", torch.zeros(1))
            self.register_buffer("cache", torch.zeros(2), persistent=False)
            self.nothing = None

        def forward(self, x, factor=1.0):
            return self.rest(self.first(x)) * self.scale * factor

    return fill(torch, Net())
