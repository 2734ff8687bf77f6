"""The full recipe: a data set in batches, training and validation, on a chosen device.

A small classifier of points inside and outside a circle, Adam with learning rate 0.0001, batches
of 16, 100 epochs. Model and data go to the device, and only metrics come back. The document's
`CUDA_VISIBLE_DEVICES = '0.1'` is a slip for `'0,1'`, which shows a process the first two GPUs;
`"cuda:1"` is the second of them, so ask for it only where there are two.
"""

import jax
import jax.numpy as jnp
import numpy as np
import optax

import funcgrad as fg

SOURCE = "D3"
NOTE = (
    "PyTorch places the model and each batch, and brings metrics back with `item()`. A jitted "
    "program runs where its arguments lie: place them once (`fg.place`), then batches are a "
    "reshape, epochs a scan, and the metrics one transfer at the end. With several devices, shard "
    "the rows of each batch over a mesh and replicate the parameters: the same program then "
    "computes a part of every batch on each device, and XLA adds up the gradients."
)
EXPECTED = {"loss_falls": True}
QUICK = {"epochs": 10}
RATE, BATCH, TRAIN, EPOCHS = 1e-4, 16, 320, 100


def inputs(seed=0):
    """What PyTorch draws after `torch.manual_seed(seed)`, in the order in which it does."""
    stream = fg.streams.Generator(seed)
    x = stream.rand(400, 2) * 4 - 2
    split = stream.randperm(400)  # random_split
    bound = 1 / np.sqrt(2), 1 / np.sqrt(64)  # nn.Linear starts within ±1/√inputs
    start = {
        "weight1": stream.uniform(-bound[0], bound[0], (64, 2)),
        "bias1": stream.uniform(-bound[0], bound[0], 64),
        "weight2": stream.uniform(-bound[1], bound[1], (2, 64)),
        "bias2": stream.uniform(-bound[1], bound[1], 2),
    }

    def shuffled():
        stream.random()  # each pass of a DataLoader draws a seed for its workers,
        order = fg.streams.Generator(int(stream.random())).randperm(TRAIN)  # and one to shuffle by
        stream.random()  # the pass over the validation data
        return order

    orders = np.stack([shuffled() for _ in range(EPOCHS)])
    x, inside = x[split], np.hypot(*x[split].T) < 1.5
    return {"seed": seed, "x": x, "y": inside.astype(np.int32), "orders": orders} | start


@jax.jit(static_argnames="epochs")
def jax_style(x, y, orders, weight1, bias1, weight2, bias2, epochs=EPOCHS):
    optimizer = optax.adam(RATE)
    train, valid = (x[:TRAIN], y[:TRAIN]), (x[TRAIN:], y[TRAIN:])

    def loss_and_hits(parameters, batch):
        weight1, bias1, weight2, bias2 = parameters
        x, y = batch
        logits = jax.nn.relu(x @ weight1.T + bias1) @ weight2.T + bias2
        losses = optax.softmax_cross_entropy_with_integer_labels(logits, y)
        return losses.mean(), jnp.sum(logits.argmax(axis=1) == y)

    def step(state, batch):
        parameters, memory = state
        objective = jax.value_and_grad(loss_and_hits, has_aux=True)
        metrics, gradients = objective(parameters, batch)
        updates, memory = optimizer.update(gradients, memory)
        return (optax.apply_updates(parameters, updates), memory), metrics

    def epoch(state, order):
        batches = jax.tree.map(lambda a: a[order].reshape(-1, BATCH, *a.shape[1:]), train)
        state, (losses, hits) = jax.lax.scan(step, state, batches)
        valid_loss, valid_hits = loss_and_hits(state[0], valid)
        return state, {
            "train_loss": losses.mean(),
            "train_accuracy": hits.sum() / len(train[1]),
            "valid_loss": valid_loss,
            "valid_accuracy": valid_hits / len(valid[1]),
        }

    start = (weight1, bias1, weight2, bias2)
    _, history = jax.lax.scan(epoch, (start, optimizer.init(start)), orders[:epochs])
    return {
        "train_loss": history["train_loss"],
        "valid_loss": history["valid_loss"],
        "train_accuracy": history["train_accuracy"][-1],
        "valid_accuracy": history["valid_accuracy"][-1],
        "loss_falls": history["train_loss"][-1] < history["train_loss"][0],
    }


def pytorch_style(torch, seed, epochs=EPOCHS):
    nn, data = torch.nn, torch.utils.data
    if torch.cuda.is_available():
        device = torch.device("cuda:1" if torch.cuda.device_count() > 1 else "cuda:0")
    else:
        device = torch.device("cpu")

    class Points(data.Dataset):
        def __init__(self):
            self.x = torch.rand(400, 2) * 4 - 2
            self.y = (torch.hypot(*self.x.T) < 1.5).long()

        def __len__(self):
            return len(self.y)

        def __getitem__(self, index):
            return self.x[index], self.y[index]

    torch.manual_seed(seed)
    with torch.device("cpu"):  # data rest on the host, and only batches travel
        train, valid = data.random_split(Points(), [TRAIN, 400 - TRAIN])
        model = nn.Sequential(nn.Linear(2, 64), nn.ReLU(), nn.Linear(64, 2)).to(device)
    train = data.DataLoader(train, batch_size=BATCH, shuffle=True)
    valid = data.DataLoader(valid, batch_size=BATCH)
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=RATE)

    def run(loader, training):
        """One pass over a loader; mean loss and accuracy."""
        model.train(training)
        loss_sum, hits, count = 0.0, 0, 0
        with torch.set_grad_enabled(training):
            for batch in loader:
                points, labels = (part.to(device) for part in batch)
                logits = model(points)
                loss = criterion(logits, labels)
                if training:
                    optimizer.zero_grad()
                    loss.backward()
                    optimizer.step()
                loss_sum += loss.item() * len(labels)
                hits += (logits.argmax(dim=1) == labels).sum().item()
                count += len(labels)
        return loss_sum / count, hits / count

    rows = [(*run(train, True), *run(valid, False)) for _ in range(epochs)]
    train_loss, train_accuracy, valid_loss, valid_accuracy = torch.tensor(rows).T
    return {
        "train_loss": train_loss,
        "valid_loss": valid_loss,
        "train_accuracy": train_accuracy[-1],
        "valid_accuracy": valid_accuracy[-1],
        "loss_falls": train_loss[-1] < train_loss[0],
    }


def step_style(torch, scan, seed, epochs=EPOCHS):
    nn, data = torch.nn, torch.utils.data
    device = torch.get_default_device()

    class Points(data.Dataset):
        def __init__(self):
            self.x = torch.rand(400, 2) * 4 - 2
            self.y = (torch.hypot(*self.x.T) < 1.5).long()

        def __len__(self):
            return len(self.y)

        def __getitem__(self, index):
            return self.x[index], self.y[index]

    torch.manual_seed(seed)
    with torch.device("cpu"):
        train, valid = data.random_split(Points(), [TRAIN, 400 - TRAIN])
        model = nn.Sequential(nn.Linear(2, 64), nn.ReLU(), nn.Linear(64, 2)).to(device)
    train = data.DataLoader(train, batch_size=BATCH, shuffle=True)
    valid = data.DataLoader(valid, batch_size=BATCH)
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=RATE)

    def measure(points, labels):
        logits = model(points)
        return criterion(logits, labels), (logits.argmax(dim=1) == labels).float().mean()

    def step(points, labels):
        optimizer.zero_grad()
        loss, accuracy = measure(points, labels)
        loss.backward()
        optimizer.step()
        return loss.detach(), accuracy

    @torch.no_grad()
    def test(points, labels):
        return measure(points, labels)

    def run(loader, step):
        """One pass over a loader; mean loss and accuracy."""
        batches = tuple(torch.stack(part).to(device) for part in zip(*loader, strict=True))
        return [history.mean() for history in scan(step, batches)]

    rows = [torch.stack([*run(train, step), *run(valid, test)]) for _ in range(epochs)]
    train_loss, train_accuracy, valid_loss, valid_accuracy = torch.stack(rows).T
    return {
        "train_loss": train_loss,
        "valid_loss": valid_loss,
        "train_accuracy": train_accuracy[-1],
        "valid_accuracy": valid_accuracy[-1],
        "loss_falls": train_loss[-1] < train_loss[0],
    }


def figures(results):
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6, 4), layout="constrained")
    axes = figure.subplots()
    for name, label, color, style in [
        ("train", "training", "#0072B2", "-"),
        ("valid", "validation", "#D55E00", "--"),
    ]:
        text = f"{label}, accuracy {results[f'{name}_accuracy']:.1%} at the end"
        axes.plot(results[f"{name}_loss"], style, color=color, label=text)
    axes.set(xlabel="epoch", ylabel="cross entropy", title="Loss by epoch")
    axes.legend()
    return {"training": figure}
