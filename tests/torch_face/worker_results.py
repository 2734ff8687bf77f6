"""What loaders with workers give: run here on funcgrad.torch, in a process of its own on PyTorch.

As a program it prints the results of real PyTorch, whose workers are processes.
"""

import json
import random

import numpy as np


def results(torch):
    """By name, everything in plain numbers."""
    data = torch.utils.data

    class Noisy(data.Dataset):
        """Draws from every stream that a data set may draw from."""

        def __len__(self):
            return 7

        def __getitem__(self, i):
            drawn = torch.rand(1).item(), random.random(), np.random.rand()  # noqa: NPY002
            info = data.get_worker_info()
            return torch.tensor([i, *drawn, info.id, info.seed], dtype=torch.float64)

    class Count(data.IterableDataset):
        """Each worker counts its own share; worker 0 has more."""

        def __iter__(self):
            info = data.get_worker_info()
            return iter(range(info.id * 100, info.id * 100 + self.stop - 2 * info.id))

    def share(number):
        data.get_worker_info().dataset.stop = 7

    def batches(loader):
        return [batch.tolist() for batch in loader]

    torch.manual_seed(5)
    found = {}
    for workers in (1, 2, 3):
        loader = data.DataLoader(Noisy(), 2, shuffle=True, num_workers=workers)
        found[f"noisy, {workers}"] = [batches(loader), batches(loader), torch.rand(2).tolist()]
    stays = data.DataLoader(Noisy(), 2, shuffle=True, num_workers=2, persistent_workers=True)
    found["persistent"] = [batches(stays), batches(stays), torch.rand(2).tolist()]
    weighted = data.WeightedRandomSampler([1.0, 2.0, 3.0, 4.0, 0.5, 0.5, 1.0], 9)
    loader = data.DataLoader(Noisy(), 2, sampler=weighted, num_workers=2, prefetch_factor=1)
    found["left early"] = [next(iter(loader)).tolist(), torch.rand(2).tolist()]
    for drop_last in (False, True):
        loader = data.DataLoader(
            Count(), 2, num_workers=3, worker_init_fn=share, drop_last=drop_last
        )
        found[f"stream, {drop_last}"] = batches(loader)
    return found


if __name__ == "__main__":
    import torch

    print(json.dumps(results(torch)))
